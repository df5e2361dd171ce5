// Questions that other answers make needless step aside: each says in data-shown for which answers
// it is asked. Without this script all are shown, and the desk leaves out what was not asked.
(() => {
  const value = (form, name) => {
    const control = form.elements[name];
    if (!control) return undefined;
    if (control.type === "checkbox") return control.checked;
    return control.value;
  };
  const same = (given, wanted) => String(given) === String(wanted);
  const holds = (form, condition) =>
    Object.entries(condition).every(([key, wanted]) => {
      if (key.endsWith("_lt")) return Number(value(form, key.slice(0, -3))) < wanted;
      if (key.endsWith("_gte")) return Number(value(form, key.slice(0, -4))) >= wanted;
      const given = value(form, key);
      return Array.isArray(wanted) ? wanted.some((each) => same(given, each)) : same(given, wanted);
    });
  const look = (form) => {
    for (const question of form.querySelectorAll("[data-shown]")) {
      question.hidden = !holds(form, JSON.parse(question.dataset.shown));
    }
  };
  for (const form of document.querySelectorAll("form.apply")) {
    look(form);
    form.addEventListener("change", () => look(form));
    // What a browser fills in by itself when somebody comes back tells nobody.
    window.addEventListener("pageshow", () => look(form));
  }
})();
