// What makes the page an app of this phone: a home-screen icon, storage that the system does not
// clear by itself, and a picture that can be read in the sun.

const LOOK = "field.look";
const LOOKS = { auto: {}, sun: { theme: "light", contrast: "more" }, night: { theme: "dark" } };
const LATER = "field.install-later";

export const state = { isSafe: null, used: 0, room: 0 };
const listeners = new Set();
let invitation;

export const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
export const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

export function onChange(listener) {
  listeners.add(listener);
}

export function start() {
  show(look());
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    invitation = event;
    tell();
  });
  addEventListener("appinstalled", () => {
    invitation = undefined;
    tell();
  });
  return keepSafe();
}

// Ask the system never to clear what the phone keeps; it may say yes only once the app is used.
export async function keepSafe() {
  if (!navigator.storage?.persist || state.isSafe) return;
  state.isSafe = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  Object.assign(state, { used: usage, room: quota - usage });
  tell();
}

// How the app can be put on the home screen: by a button, by the browser's own menu, or not.
export function wayHome() {
  if (isInstalled || localStorage.getItem(LATER)) return null;
  if (invitation) return "button";
  return isApple ? "menu" : null;
}

export async function install() {
  const asked = invitation;
  invitation = undefined;
  await asked.prompt();
  tell();
}

export function installLater() {
  localStorage.setItem(LATER, "1");
  tell();
}

export const look = () => localStorage.getItem(LOOK) ?? "auto";

export function choose(name) {
  localStorage.setItem(LOOK, name);
  const { theme } = LOOKS[name];
  if (theme) localStorage.setItem("theme", theme);
  else localStorage.removeItem("theme");
  show(name);
  tell();
}

function show(name) {
  const { theme, contrast } = LOOKS[name] ?? {};
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else if (!localStorage.getItem("theme")) delete dataset.theme;
  if (contrast) dataset.contrast = contrast;
  else delete dataset.contrast;
}

function tell() {
  for (const listener of listeners) listener();
}
