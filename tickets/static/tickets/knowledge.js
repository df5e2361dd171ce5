// The hotline's questions, its search of the knowledge base and what is dangerous. Without this
// script the questions come with the look-up, and an article is chosen and sent like any field.
(() => {
  "use strict";
  const form = document.getElementById("hotline");
  if (!form) return;
  const { asked, remark, urgent } = form.elements;
  const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));
  const found = () => [...form.querySelectorAll(".found input[name=article]")];

  // --- questions that other answers make needless step aside ------------------------------------
  const value = (name) => {
    const field = form.elements[name];
    return field?.type === "checkbox" ? field.checked : field?.value;
  };
  const holds = (condition) => Object.entries(condition).every(([name, wanted]) =>
    [wanted].flat().some((each) => String(each) === String(value(name))));
  const look = () => {
    for (const question of form.querySelectorAll("#questions [data-shown]")) {
      question.hidden = !holds(JSON.parse(question.dataset.shown));
    }
  };
  form.addEventListener("change", look);
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id === "questions") look();
  });

  // --- an article ---------------------------------------------------------------------------------
  let picked = "";
  let wanted = false;
  const fill = (text) => {
    const { answer } = form.elements;
    if (!answer) return false;
    const own = answer.value.trim();
    answer.value = !own || own === picked.trim() || own === text.trim() ? text : `${own}\n${text}`;
    answer.focus();
    return true;
  };
  const choose = (category, subtype) => {
    const tile = form.querySelector(`[name=category][value="${category}"]`);
    const sort = subtype && form.querySelector(`[name=subtype][value="${subtype}"]`);
    if (!tile) return;
    tile.checked = true;
    if (sort) sort.checked = true;
    changed(sort || tile);
  };
  const pick = (radio) => {
    const { short, title, subject } = radio.dataset;
    radio.checked = true;
    if (!remark.value.trim()) remark.value = title;
    if (fill(short)) { picked = short; return; }
    picked = short;
    // The answer's field comes with the category, filled by the desk.
    if (!form.querySelector("[name=category]:checked")) {
      wanted = true;
      choose(...subject.split("."));
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "article" && event.target.checked) pick(event.target);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "looked-up" || !wanted) return;
    wanted = false;
    form.elements.answer?.focus();
  });

  // Arrows go through what is found, Enter picks: the hands stay in the field.
  const next = (step) => {
    const all = found();
    if (!all.length) return;
    const at = all.findIndex((radio) => radio.closest(".found").classList.contains("is-next"));
    const to = all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length];
    for (const radio of all) radio.closest(".found").classList.toggle("is-next", radio === to);
    to.closest(".found").scrollIntoView({ block: "nearest" });
  };
  // Before the form's own keys: Enter in this field goes on to nothing.
  asked.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      next(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      const radio = form.querySelector(".is-next input[name=article]") || found()[0];
      if (radio) pick(radio);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.code !== "KeyK" || event.isComposing) return;
    event.preventDefault();
    asked.focus();
    asked.select();
  });

  // --- danger ---------------------------------------------------------------------------------------
  const alarm = () => {
    if (form.querySelector("[data-emergency]")) urgent.checked = true;
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "emergency") alarm();
  });
  // A draft came back: what it says is looked at as if it were typed.
  addEventListener("load", () => {
    if (remark.value) remark.dispatchEvent(new Event("input", { bubbles: true }));
    alarm();
  });
  look();
})();
