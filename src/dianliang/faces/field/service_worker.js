// Keeps the app's page and files on the phone, one cache per version; never any data.
// SETUP (build, shell, assets) is written above this line by the server.

const CACHE = `field-${SETUP.build}`;
const PATIENCE_MS = 3000; // a bar of signal that carries nothing must not hold the page back

self.addEventListener("install", (event) => {
  event.waitUntil(precache().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldCaches().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === SETUP.shell) {
    event.respondWith(shell(request));
  } else if (SETUP.assets.includes(url.pathname)) {
    event.respondWith(asset(request, url.pathname));
  }
});

async function precache() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SETUP.assets.map((path) => new Request(path, { cache: "reload" })));
  const page = await fetch(SETUP.shell, { cache: "reload" });
  if (isOurShell(page)) await cache.put(SETUP.shell, page);
}

async function dropOldCaches() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("field-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The network first, so that no page stays stale for ever; the kept page when it is away, slow,
// or ailing. A newer page is not mixed with older files: it fetches the new version as a whole,
// which takes over when it is complete.
async function shell(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(SETUP.shell);
  const fresh = fetch(request);
  if (!kept) return fresh;
  const page = await Promise.race([fresh, pause(PATIENCE_MS)]).catch(() => null);
  if (!page || page.status >= 500) return kept;
  if (page.ok && !isOurShell(page)) {
    self.registration.update().catch(() => {});
    return kept;
  }
  if (page.ok) await cache.put(SETUP.shell, page.clone());
  return page;
}

async function asset(request, path) {
  const kept = await caches.match(path, { cacheName: CACHE });
  return kept ?? fetch(request);
}

function isOurShell(page) {
  return page.ok && !page.redirected && page.headers.get("X-Field-Build") === SETUP.build;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}
