// The board fetches itself anew, but never while somebody is choosing whom to send.
const EVERY = 20_000;

document.addEventListener("change", (event) => {
  if (event.target.matches("#dispatch select")) event.target.dataset.chosen = "";
});

setInterval(() => {
  const board = document.getElementById("dispatch");
  const busy = board?.querySelector("select:focus, select[data-chosen]");
  if (board && !busy && !document.hidden) board.dispatchEvent(new CustomEvent("refresh"));
}, EVERY);
