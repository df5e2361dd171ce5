// The console's own keys, on top of the hotline's: one picks who is calling, one promises a call.
// Each presses a button or a box that is there for the mouse as well.
(() => {
  "use strict";
  const form = document.getElementById("hotline");
  if (!form) return;
  const caller = document.getElementById("caller");
  const press = (found) => found?.click();
  const CHASE = "[name=act][value^='chase:']";
  // Of whom was picked, or of whoever called last.
  let picked = "";
  const theirs = (what) => caller.querySelector(`[data-person="${picked}"] ${what}`) || caller.querySelector(what);
  const alt = {
    KeyB: () => press(form.elements.callback),
    // The open case of theirs that is due first stands first.
    KeyC: () => press(theirs(CHASE)),
    KeyW: () => (form.elements.wrap_up || caller.querySelector("[value^='wrap:']"))?.focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const deed = event.altKey && alt[event.code];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });

  // Who is looked up this moment is picked as soon as they are there: nobody has to wait for it.
  let wanted = "";
  const looking = () => document.getElementById("looked-up").classList.contains("htmx-request");
  const pick = (key) => {
    if (looking()) wanted = key;
    else press(caller.querySelector(`[data-person="${key}"] [data-fill-name]`));
  };
  caller.addEventListener("click", (event) => {
    const person = event.target.closest("[data-fill-name]")?.closest("[data-person]");
    if (person) picked = person.dataset.person;
  });
  form.elements.phone.addEventListener("change", () => { picked = ""; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id !== "looked-up" || !wanted) return;
    const key = wanted;
    wanted = "";
    setTimeout(pick, 0, key);
  });

  // A number has no letters and a tile takes digits: there a letter picks, and "?" lists the keys.
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (field !== form.elements.phone && field.type !== "radio") return;
    if (/^[a-i]$/.test(event.key) && (looking() || caller.querySelector("[data-person]"))) {
      event.preventDefault();
      pick(event.key);
    } else if (event.key === "?") {
      event.preventDefault();
      document.getElementById("keys")?.showModal();
    }
  });
  document.querySelector("[data-keys]")?.addEventListener("click", () => document.getElementById("keys").showModal());
})();
