// Holds the button for another code until the server would send one; without it the server says so.
"use strict";

for (const form of document.querySelectorAll("form[data-resend]")) {
  const ready = performance.now() + Number(form.dataset.resend) * 1000;
  const button = form.querySelector("button");
  const note = form.querySelector("[data-resend-note]");
  const left = form.querySelector("[data-resend-left]");
  const show = () => {
    const seconds = Math.ceil((ready - performance.now()) / 1000);
    button.disabled = seconds > 0;
    note.hidden = seconds <= 0;
    left.textContent = String(Math.max(seconds, 0));
    if (seconds > 0) setTimeout(show, 250);
  };
  show();
}
