// The phone app: which screen is shown, and what it knows.

import { h, icon, replaceKeeping, toast, track } from "./dom.js";
import * as home from "./home.js";
import * as positions from "./positions.js";
import { PROBLEM, isOpen, overlay } from "./rules.js";
import { outbox } from "./screens/outbox.js";
import { post } from "./screens/post.js";
import { team } from "./screens/team.js";
import { today } from "./screens/today.js";
import { visit } from "./screens/visit.js";
import { LockedError } from "./seal.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { fill, gettext, setup, today as dateOfToday } from "./words.js";

const TABS = [
  ["#/", "route", gettext("今天"), today],
  ["#/team", "people", gettext("队伍"), team],
  ["#/outbox", "cloud", gettext("同步"), outbox],
];
const POST = "#/post";
const screen = document.getElementById("screen");

const model = {
  day: null,
  outbox: [],
  sheets: [],
  sync: sync.state,
  view: "list",
  isRead: false, // until what is kept has been read, nothing is shown

  // Past midnight without a network, what was tomorrow is today, unless the shift goes on.
  get on() {
    if (model.day.until && new Date() < new Date(model.day.until)) return model.day.on;
    const clock = dateOfToday();
    return clock > model.day.on ? clock : model.day.on;
  },

  // Do something to a visit: shown once it is on the disk, sent when there is a network.
  act({ stop }, verb, body = {}) {
    return model.record([{ verb, number: stop.number, title: stop.title, body }]);
  },

  async record(operations, replacing) {
    await track(store.enqueue(operations, replacing));
    navigator.vibrate?.(15);
    await model.refresh();
    home.keepSafe();
    sync.now();
  },

  async refresh() {
    if (store.isOpen()) {
      [model.day, model.outbox] = await Promise.all([store.readDay(), store.outbox()]);
      const before = model.sheets;
      model.sheets = model.day ? overlay(model.day, model.outbox) : [];
      announce(before, model.sheets);
    }
    model.isRead = true;
    draw();
  },
};

// Say when the dispatcher has added or taken back something while the app is open.
function announce(before, after) {
  if (!before.length) return;
  const known = new Map(before.map((sheet) => [sheet.stop.number, sheet.stop.status]));
  const added = after.filter((sheet) => !known.has(sheet.stop.number) && isOpen(sheet.status));
  const taken = after.filter(({ stop }) => stop.status === "WITHDRAWN" && isOpen(known.get(stop.number)));
  if (added.length) toast(fill(gettext("新派 %(n)s 单：%(title)s"), { n: added.length, title: added[0].stop.title }));
  else if (taken.length) toast(fill(gettext("已撤回：%(title)s"), taken[0].stop));
  if (added.length || taken.length) navigator.vibrate?.([40, 60, 40]);
}

let drawn = "";
let isTouched = false;
let lifted; // the timer of the finger that was lifted last
const CLICK_MS = 60; // the click of a finger comes a little after it was lifted

// Nothing is built anew between a finger going down and coming up: the press would be lost. What a
// finger that was lifted held back waits for the next one, which may be down already.
function guardTouches() {
  const down = () => {
    clearTimeout(lifted);
    isTouched = true;
  };
  const up = () => {
    clearTimeout(lifted);
    lifted = setTimeout(() => ((isTouched = false), draw()), CLICK_MS);
  };
  addEventListener("pointerdown", down, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, up, true);
}

function draw() {
  if (isTouched || !model.isRead) return;
  const route = location.hash || "#/";
  drawBar(route);
  const state = fingerprint(route);
  if (state === drawn) return;
  const isNewRoute = drawn.split("\n")[0] !== route;
  drawn = state;
  if (!isNewRoute) return replaceKeeping(screen, content(route));
  screen.replaceChildren(content(route));
  scrollTo(0, 0);
  screen.focus({ preventScroll: true });
}

// A screen is built anew only when what it shows has changed: nobody loses a half-written word.
function fingerprint(route) {
  if (route.startsWith(POST)) return `${route}\n${store.account()}`;
  const number = route.startsWith("#/visit/") ? route.slice(8) : null;
  const sheet = number && model.sheets.find((each) => each.stop.number === number);
  if (sheet && sheet.status === "ARRIVED") return `${route}\n${store.account()}\n${sheet.status}\n${sheet.problem?.key}\n${sheet.isInspected}\n${sheet.judged}`;
  if (sheet) return `${route}\n${JSON.stringify(sheet)}`;
  const { phase, at, words } = model.sync;
  const phone = [home.state.isSafe, home.look(), home.wayHome(), positions.isOn(), positions.state];
  const sending = route === "#/outbox" ? [phase, at, words, store.leftBehind()] : [model.day ? "" : phase];
  return `${route}\n${JSON.stringify([model.day && { ...model.day, read_at: 0, expires_at: 0 }, model.outbox, sending, phone])}`;
}

function content(route) {
  if (route.startsWith(POST) && store.isOpen()) return post(model, route.slice(POST.length + 1));
  if (route.startsWith("#/visit/") && model.day) return visit(model, route.slice(8));
  const [, , , build] = TABS.find(([hash]) => hash === route) ?? TABS[0];
  return build(model);
}

function drawBar(route) {
  const waits = model.outbox.filter((row) => row.state === "saved").length;
  const problems = new Set(model.outbox.filter((row) => PROBLEM.has(row.state)).map((row) => row.number)).size;
  const chip = document.getElementById("sync-chip");
  const [kind, words] = standing(waits, problems);
  const box = document.getElementById("sync-words");
  chip.dataset.kind = kind;
  if (box.textContent !== words) box.textContent = words;
  document.getElementById("bar-title").textContent = model.day?.teams[0]?.name ?? gettext("点亮 · 现场");
  const left = model.sheets.filter((sheet) => sheet.stop.on <= model.on && isOpen(sheet.status)).length;
  const counts = [left, 0, waits + problems];
  const tabs = document.getElementById("tabs");
  const shown = JSON.stringify([route, counts]);
  if (tabs.dataset.shown === shown) return;
  tabs.dataset.shown = shown;
  const links = document.createDocumentFragment();
  links.append(...TABS.map((tab, place) => tabOf(tab, place, route, counts[place])));
  replaceKeeping(tabs, links);
}

function tabOf([hash, image, name], place, route, count) {
  const isHere = route === hash || (place === 0 && /^#\/(visit|post)/.test(route));
  return h("a", { href: hash, "aria-label": name, "aria-current": isHere ? "page" : null }, icon(image), h("span", {}, name), count > 0 && h("i.count", {}, String(count)));
}

function standing(waits, problems) {
  if (problems) return ["problem", fill(gettext("%(n)s 单需处理"), { n: problems })];
  if (sync.state.phase === "refused") return ["problem", gettext("没有送达")];
  if (sync.state.phase === "logged-out") return ["problem", gettext("请重新登录")];
  if (waits) return ["saved", fill(gettext("%(n)s 项存手机"), { n: waits })];
  if (sync.state.phase === "away") return ["away", gettext("离线可用")];
  return ["sent", gettext("已全部送达")];
}

async function register() {
  if (!navigator.serviceWorker) return;
  const hadWorker = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadWorker) toast(gettext("有新版本"), { label: gettext("更新"), run: () => location.reload() });
  });
  await navigator.serviceWorker.register(setup.urls.worker, { scope: setup.urls.today, updateViaCache: "none" });
}

// A number is fetched when somebody calls; without a network, say whom to call instead. A map that
// would open a web page gives way to the map app of the phone.
function guardCalls() {
  document.addEventListener("click", (event) => {
    const link = navigator.onLine ? null : event.target.closest("a[data-online], a[data-offline]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.offline) {
      location.assign(link.dataset.offline);
      return;
    }
    const phone = model.day?.teams[0]?.unit_phone;
    toast(phone ? fill(gettext("没有网络，取不到号码。可先打所里 %(phone)s。"), { phone }) : gettext("没有网络，取不到号码。"));
  });
}

// What could not be kept was not done: the screen stays as it is, and the person is told.
function sayWhenNotKept() {
  addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof LockedError) {
      event.preventDefault();
      toast(event.reason.message);
      return;
    }
    if (!(event.reason instanceof DOMException)) return;
    event.preventDefault();
    const isFull = event.reason.name === "QuotaExceededError";
    toast(isFull ? gettext("手机存储已满，这一步没有记下。请清理空间后再按一次。") : gettext("手机没能存下这一步，请再按一次。"));
  });
}

async function main() {
  guardCalls();
  guardTouches();
  sayWhenNotKept();
  addEventListener("hashchange", draw);
  sync.onChange(() => model.refresh());
  home.onChange(draw);
  positions.onChange(draw);
  store.onChangeElsewhere(() => model.refresh());
  home.start();
  await store.open();
  await model.refresh();
  if (model.day) await positions.follow(model.day.tracking);
  register().catch(() => {}); // a private window has no worker; the app still runs online
  await sync.start();
}

main();
