// My jobs on a phone. What is done goes into the queue first and is shown at once as done here; the
// desk hears of it when there is a network.
import { build } from "./fields.js";
import { add, drop, entries, put, recall } from "./store.js";
import { sync } from "./sync.js";

const root = document.getElementById("crew");
const words = root.dataset;
const places = { jobs: words.jobs, actions: words.actions };
const user = words.user;
const limits = { most: Number(words.most), bytes: Number(words.bytes), many: words.many, large: words.large, empty: words.empty };
const AGAIN = 15000, LOCATING = 6000; // milliseconds
const shown = new Map(); // number → what its card was drawn from
let trouble = "begin";

const copy = (id) => document.getElementById(id).content.cloneNode(true).firstElementChild;

function fill(card, name, text) {
  const part = card.querySelector(`.crew-${name}`);
  part.textContent = text;
  part.hidden = !text;
}

// Where the case stands when all that waits is done.
function ahead(job, queue) {
  const mine = queue.filter((entry) => entry.number === job.number && entry.state === "waiting");
  const state = mine.reduce((state, entry) => entry.after ?? state, job.state);
  const moves = job.moves.filter((move) => move.before.includes(state) &&
    !(move.primary && mine.some((entry) => entry.action === move.action)));
  return { state, moves };
}

function draw(job, queue) {
  const { state, moves } = ahead(job, queue);
  const card = copy("crew-job");
  card.id = `job-${job.number}`;
  const late = job.due_at && new Date(job.due_at) < new Date();
  fill(card, "due", job.due_at ? (late ? words.late : words.due).replace("{due}", job.due) : "");
  card.querySelector(".crew-due").dataset.tone = late ? "bad" : "busy";
  fill(card, "status", state === job.state ? job.label : job.labels[state] ?? job.label);
  card.querySelector(".crew-urgent").hidden = !job.urgent;
  fill(card, "paused", job.paused);
  for (const name of ["subject", "number", "address", "remark"]) fill(card, name, job[name]);
  card.querySelector(".crew-subject").href = `/desk/cases/${job.number}/`;
  const call = card.querySelector(".crew-call");
  call.hidden = !job.phone;
  call.href = `tel:${job.phone}`;
  call.querySelector("span").textContent = job.name || job.phone;
  for (const [name, url] of Object.entries(job.routes)) {
    const link = card.querySelector(`.crew-${name}`);
    link.hidden = !url;
    link.href = url;
  }
  card.querySelector(".crew-system").hidden = !job.routes.geo;
  card.querySelector(".crew-moves").append(...moves.map((move) => offer(job, move, move === moves.find((each) => each.primary))));
  return card;
}

// One button of a card is what comes next; those of later stages do not shout beside it.
function offer(job, move, next) {
  if (!move.whole) {
    const link = copy("crew-elsewhere");
    link.href = `/desk/cases/${job.number}/`;
    link.textContent = move.label;
    return link;
  }
  if (!move.fields.length) {
    const button = copy("crew-bare");
    button.classList.add(next ? "button-primary" : "button-outline");
    button.querySelector("span").textContent = move.label;
    button.addEventListener("click", () => { button.disabled = true; done(job, move, { changes: {}, files: [] }); });
    return button;
  }
  const part = copy("crew-form");
  const form = part.querySelector("form"), wrong = part.querySelector(".field-error");
  const summary = part.querySelector("summary");
  summary.classList.add(next ? "button-primary" : "button-outline");
  summary.querySelector("span").textContent = form.querySelector("button:last-child span").textContent = move.label;
  const read = build(part.querySelector(".crew-fields"), move, `${job.number}-${move.action}`, limits, () => confirmation(job.number));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    try {
      await done(job, move, await read());
    } catch (fault) {
      wrong.textContent = fault.message;
      wrong.hidden = false;
    }
  });
  return part;
}

async function confirmation(number) {
  try {
    const headers = { "X-CSRFToken": await recall("csrf"), Accept: "application/json" };
    const answer = await fetch(`/desk/crew/${number}/code/`, { method: "POST", headers, redirect: "error" });
    return (await answer.json()).message ?? words.busy;
  } catch {
    return words.offline;
  }
}

const random = () => crypto.randomUUID();
const here = () => new Promise((found) => {
  if (!navigator.geolocation) return found(null);
  const options = { enableHighAccuracy: true, maximumAge: 30000, timeout: LOCATING - 1000 };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }),
    () => found(null), options);
});

async function done(job, move, { changes, files }) {
  const entry = {
    user, id: random(), number: job.number, subject: job.subject, action: move.action, label: move.label,
    after: move.after, at: new Date().toISOString(), offset_ms: (await recall("offset")) ?? null,
    position: null, changes, files, state: "waiting", answer: "", held: Date.now() + LOCATING,
  };
  try {
    entry.n = await add(entry);
  } catch {
    throw new Error(words.full);
  }
  await show();
  entry.position = await here();
  entry.held = 0;
  await put(entry);
  await go();
}

function held(entry) {
  const part = copy("crew-held");
  const photos = entry.files.length ? words.photos.replace("{n}", entry.files.length) : "";
  part.querySelector(".crew-what").textContent = entry.label;
  fill(part, "number", entry.number);
  fill(part, "at", new Date(entry.at).toLocaleString());
  fill(part, "said", [...Object.values(entry.changes), photos].filter(Boolean).join("\n"));
  const answer = { waiting: "", asked: words.asked, refused: `${words.refused}：${entry.answer}` }[entry.state];
  fill(part, "answer", answer);
  part.dataset.state = entry.state;
  const [again, away] = [part.querySelector(".crew-again"), part.querySelector(".crew-drop")];
  again.hidden = entry.state !== "refused";
  away.hidden = entry.state === "waiting";
  again.addEventListener("click", async () => {
    await put({ ...entry, id: random(), state: "waiting", answer: "" });
    await go();
  });
  away.addEventListener("click", async () => {
    if (entry.state === "refused" && !confirm(away.dataset.sure)) return;
    await drop(entry.n);
    await show();
  });
  return part;
}

async function show() {
  const queue = (await entries()).filter((entry) => entry.user === user);
  const kept = await recall("jobs");
  const jobs = kept?.user === user ? kept.jobs : [];
  const list = document.getElementById("crew-jobs");
  for (const [number, { card }] of shown) {
    if (!jobs.some((job) => job.number === number)) { card.remove(); shown.delete(number); }
  }
  list.querySelector(".crew-nothing")?.remove();
  jobs.forEach((job, place) => {
    // A card on which somebody is writing is drawn anew only when something on it has changed.
    const from = JSON.stringify([job, queue.filter((entry) => entry.number === job.number).map((entry) => [entry.id, entry.state])]);
    const old = shown.get(job.number);
    const card = old?.from === from ? old.card : draw(job, queue);
    if (old && old.card !== card) old.card.remove();
    shown.set(job.number, { from, card });
    if (list.children[place] !== card) list.insertBefore(card, list.children[place] ?? null);
  });
  if (!jobs.length && kept) {
    const none = document.createElement("li");
    none.className = "crew-nothing";
    none.append(copy("crew-none"));
    list.append(none);
  }
  document.getElementById("crew-queue").replaceChildren(...queue.map(held));
  say(queue.filter((entry) => entry.state === "waiting").length);
}

function say(waiting) {
  const line = document.getElementById("crew-line");
  const parts = [trouble ? words[trouble] : "", waiting ? words.waiting.replace("{n}", waiting) : ""].filter(Boolean);
  line.textContent = parts.join(" · ") || words.online;
  line.dataset.tone = trouble || waiting ? "warn" : "good";
  root.dataset.state = trouble || (waiting ? "waiting" : "done");
}

let going = null;
async function go() {
  while (going) await going;
  going = sync(places, user);
  try {
    trouble = await going;
  } finally {
    going = null;
  }
  await show();
}

// The page and all it stands on, for the next time that there is no network.
async function keep() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(words.worker);
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((url) => new URL(url).origin === location.origin && new URL(url).pathname.startsWith("/static/"));
  const cache = await caches.open("crew");
  await Promise.all([location.pathname, ...new Set(parts)].map((url) => cache.add(url).catch(() => {})));
  root.dataset.kept = "true";
}

addEventListener("online", go);
addEventListener("offline", go);
document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
setInterval(go, AGAIN);
await show();
await go();
if (navigator.onLine) keep();
navigator.storage?.persist?.();
