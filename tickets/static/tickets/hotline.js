// The hotline's keyboard. The page works without it: every field and button is a plain one.
(() => {
  "use strict";
  const form = document.getElementById("hotline");
  if (!form) return;
  const { phone, address, remark, urgent } = form.elements;
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`);
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  const isRepair = () => chosen("category")?.value === "repair";

  const go = (name) => {
    if (name === "address") address.focus();
    else (chosen(name) || form.querySelector(`[name=${name}]`)).focus();
  };

  // What a repair alone is asked is shown while no category is chosen: a subtype says it, too.
  const show = () => form.classList.toggle("is-repair", isRepair() || !chosen("category"));

  const pick = (tile) => {
    tile.checked = true;
    changed(tile);
    go(tile.name === "category" && isRepair() ? "subtype" : "address");
  };

  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field.name === "subtype" && field.checked && !isRepair()) {
      form.querySelector("[name=category][value=repair]").checked = true;
    } else if (field.name === "category" && !isRepair() && chosen("subtype")) {
      chosen("subtype").checked = false;
    }
    // A choice switches urgency on; switching it off again is the agent's.
    if (field.dataset.urgent !== undefined && field.checked) urgent.checked = true;
    show();
  });

  const save = () => {
    const answered = form.elements.answer?.value.trim();
    const button = answered ? form.querySelector("[name=settle]") : null;
    form.requestSubmit(button || document.querySelector("[form=hotline][type=submit]"));
  };

  // Enter goes on to what is asked next; leaving the number or the address looks it up.
  const next = (field) => {
    if (field === phone) go("category");
    else if (field.name === "category") go(isRepair() ? "subtype" : "address");
    else if (field.name === "subtype") go("address");
    else if (field === address) remark.focus();
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    // A key that belongs to an input method is not ours.
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    } else if (event.key === "Enter" && field.tagName === "INPUT") {
      event.preventDefault();
      next(field);
    } else if (!event.ctrlKey && !event.metaKey) {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
      const name = field.type === "radio" ? field.name : event.altKey ? "category" : "";
      const tile = digit && name && form.querySelector(`[name=${name}][data-digit="${digit}"]`);
      if (!tile) return;
      event.preventDefault();
      pick(tile);
    }
  });

  form.querySelector("[name=look]").addEventListener("click", (event) => {
    event.preventDefault();
    changed(phone);
    go("category");
  });

  // "The same as last time": a name and an address of the caller's earlier cases.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-name]");
    if (!button) return;
    event.preventDefault();
    form.elements.name.value = button.dataset.fillName;
    address.value = button.dataset.fillAddress;
    changed(address);
    go("category");
  });
  // An address of the book, near the point that was picked on the map.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-address]:not([data-fill-name])");
    if (!button) return;
    address.value = button.dataset.fillAddress;
    changed(address);
    remark.focus();
  });

  // What is looked up replaces these two; what was entered while it was on its way stays.
  let entered = [];
  const again = (event, act) => event.target.id === "looked-up" && act();
  document.addEventListener("htmx:beforeSwap", (event) => again(event, () => {
    entered = [form.elements.handler, form.elements.answer].filter(Boolean).map((f) => [f.name, f.value]);
  }));
  document.addEventListener("htmx:afterSwap", (event) => again(event, () => {
    for (const [name, value] of entered) {
      const field = form.elements[name];
      const there = field?.tagName !== "SELECT" || [...field.options].some((o) => o.value === value);
      if (field && there) field.value = value;
    }
  }));

  // A draft came back before this script ran: look up what it says, once htmx listens.
  addEventListener("load", () => {
    if (form.querySelector("[data-draft-note]:not([hidden])")) changed(phone);
  });
  form.addEventListener("reset", () => setTimeout(show));

  form.classList.add("is-alive");
  show();
  if (!form.querySelector("[aria-invalid=true]")) phone.focus();
})();
