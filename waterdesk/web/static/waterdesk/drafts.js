// <form data-draft="apply"> keeps what was typed on this device for two days. Gone once a page says
// data-draft-done="apply", or somebody signs out (data-forget). data-private is never kept.
const DAYS = 2;
const key = (name) => `draft:${name}`;
const kept = (field) =>
  field.name && !field.closest("[data-private]") && field.autocomplete !== "one-time-code" &&
  !/hidden|password|file|submit|button/.test(field.type);
const choice = (field) => /checkbox|radio/.test(field.type);

function save(form) {
  const values = [...form.elements].filter(kept)
    .filter((f) => (choice(f) ? f.checked : f.value))
    .map((f) => [f.name, f.value]);
  localStorage.setItem(key(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
}

function restore(form) {
  const { at, values } = JSON.parse(localStorage.getItem(key(form.dataset.draft)) ?? "{}");
  // A form that came back with errors holds newer words than the draft does.
  if (!values?.length || Date.now() - at > DAYS * 864e5 || form.querySelector("[aria-invalid]")) return;
  for (const field of [...form.elements].filter(kept)) {
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (choice(field)) field.checked = mine.length ? mine.includes(field.value) : field.checked;
    else if (mine.length && !field.value) field.value = mine[0];
  }
  form.querySelector("[data-draft-note]")?.removeAttribute("hidden");
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

try {
  for (const done of document.querySelectorAll("[data-draft-done]")) {
    localStorage.removeItem(key(done.dataset.draftDone));
  }
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 400, form);
    });
    // What was typed a moment ago is not lost with the page.
    const now = () => { if (timer) { clearTimeout(timer); timer = 0; save(form); } };
    form.addEventListener("submit", now);
    addEventListener("pagehide", now);
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-draft-drop]")) return;
      localStorage.removeItem(key(form.dataset.draft));
      form.reset();
      event.target.closest("[data-draft-note]").hidden = true;
    });
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-forget]")) return;
    for (const k of Object.keys(localStorage)) if (k.startsWith(key(""))) delete localStorage[k];
  });
} catch { /* no storage */ }
