// What rings at this agent's extension. The stream says all of it each time, so nothing is summed up
// here. Of several pages of one browser one holds the stream and tells the others.
const bar = document.getElementById("calls");
const words = document.getElementById("calls-words")?.dataset;
const line = document.getElementById("calls-line");
const FIRST = 1000, LONGEST = 15000;

function show({ now, missed }) {
  bar.replaceChildren(...now.filter((call) => !(call.is_opened && !call.opened_by)).map(one), ...missed.map(lost));
  bar.hidden = !bar.childElementCount;
}

function one(call) {
  const form = line.content.cloneNode(true).firstElementChild;
  const put = (name, text) => { form.querySelector(`.calls-${name}`).textContent = text; };
  form.action = call.url;
  form.dataset.state = call.state;
  form.dataset.call = call.id;
  put("state", call.state === "talking" ? words.talking : call.direction === "out" ? words.out : words.ringing);
  put("number", call.number || words.withheld);
  put("who", call.who.join(" / "));
  put("taken", call.opened_by ? words.taken.replace("{who}", call.opened_by) : "");
  return form;
}

function lost(call) {
  const form = one({ ...call, url: "", state: "missed", who: [], opened_by: "" });
  const link = document.createElement("a");
  link.className = "button button-s";
  link.href = words.calls;
  link.textContent = words.list;
  form.querySelector("button").replaceWith(link);
  form.querySelector(".calls-state").textContent = words.missed;
  return form;
}

function remembered(name, make) {
  try {
    const value = sessionStorage.getItem(name) ?? make();
    sessionStorage.setItem(name, value);
    return value;
  } catch { return make(); }
}

const random = () => Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
const others = "BroadcastChannel" in window ? new BroadcastChannel("calls") : null;
let tab = remembered("calls-tab", random);
let last = remembered("calls-last", () => "");
let seen = null;
let pause = FIRST;

function tell(told) {
  // What was missed is told once; it stays until somebody goes on to the next page.
  if (told.missed.length === 0 && seen) told.missed = seen.missed;
  seen = told;
  show(told);
  others?.postMessage(told);
}

// Resolves when there is nothing to wait for any more.
function listen() {
  return new Promise((over) => {
    const connect = () => {
      const query = new URLSearchParams({ tab, last });
      const source = new EventSource(`${bar.dataset.stream}?${query}`, { withCredentials: true });
      source.addEventListener("calls", (event) => {
        pause = FIRST;
        last = event.lastEventId;
        try { sessionStorage.setItem("calls-last", last); } catch { /* then what was missed is not told */ }
        tell(JSON.parse(event.data));
      });
      source.addEventListener("off", () => { source.close(); over(); });
      source.addEventListener("moved", () => {
        // A second page with our name: it was copied from this one. Go on under another.
        source.close();
        tab = random();
        setTimeout(connect, FIRST);
      });
      source.addEventListener("error", () => {
        if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
        setTimeout(connect, pause);
        pause = Math.min(pause * 2, LONGEST);
      });
      addEventListener("pagehide", () => source.close(), { once: true });
      addEventListener("pageshow", (event) => { if (event.persisted) connect(); }, { once: true });
    };
    connect();
  });
}

if (bar && words) {
  if (others) {
    others.onmessage = ({ data }) => {
      if (data !== "what") show((seen = data));
      else if (seen) others.postMessage(seen);
    };
  }
  if (others && navigator.locks) {
    others.postMessage("what");
    navigator.locks.request("calls", listen);
  } else listen();
}
