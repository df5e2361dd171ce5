// Answers for the desk while there is no network: the page, and what it stands on. Nothing that
// changes anything goes through here, and no data: those the page keeps itself.
const KEPT = "crew";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fresh(request, name) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    // A page that leads to the sign-in is not the page.
    if (answer.ok && !answer.redirected) await cache.put(name, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(name, { ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && new URL("./", self.location).pathname === url.pathname;
  if (isPage) event.respondWith(fresh(request, url.pathname));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fresh(request, request.url));
});
