// A screen plays its pages one after the other, fetches newer ones by itself, and plays the last
// ones on when the network is away. Nobody has to touch it.
const root = () => document.querySelector("[data-screen]");
const slides = () => [...document.querySelectorAll("[data-slide]")];
let shown = 0;
let turning = 0;

function show(number) {
  const all = slides();
  if (!all.length) return;
  shown = number % all.length;
  all.forEach((slide, place) => slide.classList.toggle("is-shown", place === shown));
  document.documentElement.dataset.shown = String(shown);
  clearTimeout(turning);
  turning = setTimeout(() => show(shown + 1), Number(all[shown].dataset.seconds) * 1000);
}

function tick() {
  const words = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false,
  }).format(new Date());
  for (const clock of document.querySelectorAll("[data-clock]")) clock.textContent = words;
}

async function renew() {
  try {
    const answer = await fetch(location.pathname, { redirect: "error", cache: "no-cache" });
    if (!answer.ok || answer.headers.get("X-Kept")) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-screen]");
    if (!fresh) throw new Error("no screen");
    if (fresh.dataset.version !== root().dataset.version) {
      root().replaceWith(fresh);
      show(shown);
      tick();
    }
    root().querySelector("[data-stale]").hidden = true;
  } catch {
    root().querySelector("[data-stale]").hidden = false;
  }
  document.documentElement.dataset.renewed = String(Date.now());
}

// What was fetched before the worker was there would not be kept: fetch it once more through it.
async function keep() {
  await navigator.serviceWorker.register("/screen/worker.js", { scope: "/screen/" });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
  await Promise.allSettled([...document.images].map((image) => fetch(image.src)));
  await renew();
  document.documentElement.dataset.kept = "yes";
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The device decides; a television never sleeps anyway.
  }
}

show(shown);
tick();
setInterval(tick, 10000);
setInterval(renew, Number(root().dataset.renew) * 1000);
document.addEventListener("screen:renew", renew);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stayAwake());
document.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}));
window.addEventListener("online", renew);
stayAwake();
if (navigator.serviceWorker) keep().catch(() => {});
