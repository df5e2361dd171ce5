// Runs before the first paint, so that nothing flashes. "auto" follows the system.
(() => {
  const root = document.documentElement;
  const media = { auto: "screen and (prefers-color-scheme: dark)", light: "not all", dark: "screen" };
  const read = () => {
    try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; }
  };
  const wear = (theme) => {
    root.dataset.theme = theme;
    document.getElementById("dark").media = media[theme] || media.auto;
  };
  root.classList.add("js");
  wear(read());
  addEventListener("storage", () => wear(read()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-next]");
    if (!button) return;
    const order = Object.keys(media);
    const next = order[(order.indexOf(read()) + 1) % 3];
    try { localStorage.setItem("theme", next); } catch { /* for this page only */ }
    wear(next);
  });
})();
