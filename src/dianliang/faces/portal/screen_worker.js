// Keeps what a screen played last, so that it plays on after a power cut without a network.
// FILES (script and style of this version) is written above this line by the server.

const CACHE = "screen-pages";
const PATIENCE_MS = 8000; // a hall's router that answers nothing must not leave a dark screen

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const isPage = url.pathname.startsWith("/screen/") && !url.pathname.endsWith("/worker.js");
  if (isPage || FILES.includes(url.pathname)) event.respondWith(freshOrKept(request, url.pathname));
});

async function freshOrKept(request, path) {
  const cache = await caches.open(CACHE);
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE_MS, new Error("late")));
  try {
    const answer = await Promise.race([fetch(request), late]);
    // A full disk must not bring back the old page in place of the new one.
    if (answer.ok) await cache.put(path, answer.clone()).catch(() => {});
    if (answer.status < 500) return answer;
  } catch {
    // No network, or one that carries nothing: what was kept is better than an error page.
  }
  const kept = await cache.match(path);
  if (!kept) return Response.error();
  const headers = new Headers(kept.headers);
  headers.set("X-Kept", "1");
  return new Response(kept.body, { status: 200, headers });
}
