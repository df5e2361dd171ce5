// Clocks go on while a page is open: data-left seconds are left, counting goes on for data-run
// seconds (without it: always). The server gives them only where that is exact.
const words = document.getElementById("words").dataset;
const since = new WeakMap();

function duration(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const say = (pattern) => pattern.replace("{d}", days).replace("{h}", hours).replace("{m}", minutes);
  if (days) return say(hours ? words.daysHours : words.days);
  if (hours) return say(minutes ? words.hoursMinutes : words.hours);
  return minutes ? say(words.minutes) : words.moment;
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("[data-left]:not(#words)")) {
    if (!since.has(clock)) since.set(clock, now);
    const { left, run = Infinity } = clock.dataset;
    const spent = Math.min((now - since.get(clock)) / 1000, run);
    const rest = left - spent;
    const day = Number(clock.dataset.day);
    if (spent < 1 || (day && Math.abs(rest) >= day)) continue; // in working days: the server's words
    clock.querySelector("[data-words]").textContent =
      (rest < 0 ? words.late : words.left).replace("{time}", duration(Math.abs(rest)));
    if (rest < 0 && clock.dataset.tone !== "bad") {
      clock.dataset.tone = "bad";
      const use = clock.querySelector("use");
      use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#stop"));
    }
  }
}

tick();
setInterval(tick, 30000);
document.addEventListener("visibilitychange", tick);
document.body.addEventListener("htmx:afterSettle", tick);
