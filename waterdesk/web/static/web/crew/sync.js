// Sends what waits, in its order, and fetches the jobs. One page of the browser at a time; an answer
// that was lost is asked for again under the same id, and changes nothing.
import { drop, entries, put, recall, remember } from "./store.js";

const PATIENCE = 30000; // milliseconds for one request: a photograph on a weak signal

class Stop extends Error {}

async function ask(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Stop("offline");
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new Stop("login");
  if (answer.status >= 500 || answer.status === 429) throw new Stop("busy");
  return answer;
}

// Fetches the jobs, and learns by the way how far this clock is off: half the way back is on the way.
async function contact(url, user) {
  const begun = Date.now();
  const answer = await ask(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Stop(answer.status === 403 ? "login" : "busy");
  const told = await answer.json();
  await remember("offset", told.now - Math.round((begun + Date.now()) / 2));
  await remember("csrf", told.csrf);
  await remember("jobs", { user: told.user, jobs: told.jobs });
  if (told.user !== user) throw new Stop("login");
}

function body(entry) {
  const { id, action, at, offset_ms, position, changes } = entry;
  const said = { id, action, at, offset_ms, position, changes, case: entry.number, sent: new Date().toISOString() };
  const form = new FormData();
  form.append("action", JSON.stringify(said));
  for (const { name, file, called } of entry.files) form.append(name, file, called);
  return form;
}

async function send(url, entry) {
  const headers = { "X-CSRFToken": await recall("csrf"), Accept: "application/json" };
  const answer = await ask(url, { method: "POST", headers, body: body(entry) });
  if (answer.status === 403) throw new Stop("login");
  const told = await answer.json().catch(() => ({}));
  if (answer.ok && told.accepted && told.state !== "asked") return drop(entry.n);
  entry.state = answer.ok && told.accepted ? "asked" : "refused";
  const refusal = told.refusal ?? told.error ?? told;
  const fields = Object.values(refusal.fields ?? {}).flat();
  entry.answer = [...new Set([refusal.message ?? "", ...fields])].filter(Boolean).join(" ");
  return put(entry);
}

async function all(places, user) {
  await contact(places.jobs, user);
  let sent = 0;
  for (const entry of await entries()) {
    if (entry.user !== user || entry.state !== "waiting") continue;
    if (entry.held > Date.now()) break; // it still looks for where it is
    await send(places.actions, entry);
    sent += 1;
  }
  if (sent) await contact(places.jobs, user);
}

// Resolves to "" when all is sent, else to why not: offline, login, busy.
export function sync(places, user) {
  const once = () => all(places, user).then(() => "", (fault) => {
    if (fault instanceof Stop) return fault.message;
    throw fault;
  });
  return navigator.locks ? navigator.locks.request("crew-sync", once) : once();
}
