// Asking back, toasts, menus, no second submit. The page works without it.
const $ = (id) => document.getElementById(id);
const all = (what) => document.querySelectorAll(what);
const words = $("words")?.dataset ?? {};

// submit once
function rest(form) {
  delete form.dataset.busy;
  for (const button of all(".is-busy")) {
    button.classList.remove("is-busy");
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank") return;
  if (form.dataset.busy) return event.preventDefault();
  form.dataset.busy = "1";
  const button = event.submitter;
  // Later: a disabled button sends no name and value.
  setTimeout(() => {
    if (button?.classList.contains("button")) {
      button.classList.add("is-busy");
      button.disabled = true;
    }
  });
  setTimeout(rest, 15000, form); // an answer that never came, or a download
});
addEventListener("pageshow", (event) => {
  if (event.persisted) all("form[data-busy]").forEach(rest);
});

// ask first
let agreed = null;
document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-confirm]");
  if (!asked || asked === agreed || asked.disabled) return;
  if (asked.form && !asked.formNoValidate && !asked.form.reportValidity()) return event.preventDefault();
  const dialog = $("confirm");
  if (!dialog?.showModal) {
    if (!confirm(asked.dataset.confirm)) event.preventDefault();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  $("confirm-text").textContent = asked.dataset.confirm;
  const yes = $("confirm-yes");
  yes.textContent = asked.textContent.trim() || words.yes;
  yes.classList.toggle("button-danger", asked.matches(".button-danger"));
  dialog.returnValue = "";
  dialog.onclose = () => {
    asked.focus();
    if (dialog.returnValue !== "yes") return;
    agreed = asked;
    asked.click();
    agreed = null;
  };
  dialog.showModal();
}, true);

// dialogs and menus
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) $(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]") || event.target.matches("dialog")) {
    event.target.closest("dialog")?.close();
  }
  for (const menu of all("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => toast(words.copied));
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, summary") && !String(getSelection())) {
    location.assign(row.dataset.href);
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
// A dialog that came back with errors opens again by itself.
all("dialog[data-open]").forEach((dialog) => dialog.showModal?.());

// A form that was refused: to the first field at fault, or to what is wrong with the whole.
(document.querySelector("[aria-invalid=true]") ?? document.querySelector("[data-errors]"))?.focus();

// toasts
function show(note) {
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

export function toast(text, tone = "good") {
  if ([...$("toasts").children].some((note) => note.textContent.includes(text))) return;
  const note = $("toast").content.firstElementChild.cloneNode(true);
  note.dataset.tone = tone;
  note.querySelector(".grow").textContent = text;
  show(note);
}
all("[data-toast]").forEach(show);
// A view says HX-Trigger: {"toast": {"text": "…", "tone": "good"}}.
document.body.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail.tone));

// an answer of htmx that is no page
document.body.addEventListener("htmx:sendError", () => toast(words.offline, "bad"));
document.body.addEventListener("htmx:responseError", () => toast(words.failed, "bad"));
