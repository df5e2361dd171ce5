// A field with suggestions: arrows choose, Enter takes, Escape puts them away. Without this script
// and without suggestions it is a plain field; what is typed is never changed by itself.
(() => {
  "use strict";
  for (const box of document.querySelectorAll("[data-suggest]")) {
    const list = box.querySelector("[role=listbox]");
    const field = box.querySelector("input");
    if (!list || !field) continue;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    const options = () => [...list.querySelectorAll("[role=option]")];
    const at = () => options().findIndex((each) => each.getAttribute("aria-selected") === "true");
    const isOpen = () => list.classList.contains("is-open") && options().length > 0;
    let taken = "";

    const show = (open) => {
      list.classList.toggle("is-open", open);
      field.setAttribute("aria-expanded", String(isOpen()));
      if (!isOpen()) field.removeAttribute("aria-activedescendant");
    };
    const mark = (place) => {
      options().forEach((each, i) => each.setAttribute("aria-selected", String(i === place)));
      const option = options()[place];
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const take = (option) => {
      field.value = taken = option.dataset.value;
      show(false);
      list.replaceChildren();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };

    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || !isOpen()) return;
      const many = options().length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : many - 1;
        mark(at() < 0 && step > 1 ? many - 1 : (at() + step) % many);
      } else if (event.key === "Escape") {
        event.stopPropagation();
        show(false);
      } else if (event.key === "Enter" && at() >= 0) {
        // Then the form's own Enter goes on to what is asked next.
        event.preventDefault();
        take(options()[at()]);
      }
    });
    field.addEventListener("input", () => { taken = ""; });
    field.addEventListener("blur", () => show(false));
    // A press must not take the focus first, or the list is gone before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    // An answer that comes late is for a field that was left, or in which one was taken.
    list.addEventListener("htmx:afterSwap", () => {
      show(document.activeElement === field && !(taken && field.value === taken));
    });
  }
})();
