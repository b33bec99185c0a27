// The phone app: which screen is shown, and what it knows.

import { h, icon, toast } from "./dom.js";
import { PROBLEM, isOpen, overlay } from "./rules.js";
import { outbox } from "./screens/outbox.js";
import { team } from "./screens/team.js";
import { today } from "./screens/today.js";
import { visit } from "./screens/visit.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { fill, gettext, setup, today as dateOfToday } from "./words.js";

const TABS = [
  ["#/", "route", gettext("今天"), today],
  ["#/team", "people", gettext("队伍"), team],
  ["#/outbox", "cloud", gettext("同步"), outbox],
];
const screen = document.getElementById("screen");

const model = {
  day: null,
  outbox: [],
  sheets: [],
  sync: sync.state,
  view: "list",

  // Past midnight without a network, what was tomorrow is today.
  get on() {
    const clock = dateOfToday();
    return clock > model.day.on ? clock : model.day.on;
  },

  // Do something to a visit: shown at once, sent when there is a network.
  async act(sheet, verb, body = {}) {
    await model.record({ verb, number: sheet.stop.number, title: sheet.stop.title, body });
  },

  async record(operation) {
    await store.enqueue(operation);
    navigator.vibrate?.(15);
    await model.refresh();
    sync.now();
  },

  async refresh() {
    if (store.isOpen()) {
      [model.day, model.outbox] = await Promise.all([store.readDay(), store.outbox()]);
      const before = model.sheets;
      model.sheets = model.day ? overlay(model.day, model.outbox) : [];
      announce(before, model.sheets);
    }
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

function draw() {
  const route = location.hash || "#/";
  drawBar();
  const state = fingerprint(route);
  if (state === drawn) return;
  const isNewRoute = drawn.split("\n")[0] !== route;
  drawn = state;
  screen.replaceChildren(content(route));
  if (isNewRoute) {
    scrollTo(0, 0);
    screen.focus({ preventScroll: true });
  }
}

// A screen is built anew only when what it shows has changed: nobody loses a half-written word.
function fingerprint(route) {
  const number = route.startsWith("#/visit/") ? route.slice(8) : null;
  const sheet = number && model.sheets.find((each) => each.stop.number === number);
  if (sheet && sheet.status === "ARRIVED") return `${route}\n${sheet.status}\n${sheet.problem?.key}`;
  if (sheet) return `${route}\n${JSON.stringify(sheet)}`;
  const { phase, at, words } = model.sync;
  const sending = route === "#/outbox" ? [phase, at, words] : [model.day ? "" : phase];
  return `${route}\n${JSON.stringify([model.day && { ...model.day, read_at: 0, expires_at: 0 }, model.outbox, sending])}`;
}

function content(route) {
  if (route.startsWith("#/visit/") && model.day) return visit(model, route.slice(8));
  const [, , , build] = TABS.find(([hash]) => hash === route) ?? TABS[0];
  return build(model);
}

function drawBar() {
  const waits = model.outbox.filter((row) => row.state === "saved").length;
  const problems = new Set(model.outbox.filter((row) => PROBLEM.has(row.state)).map((row) => row.number)).size;
  const chip = document.getElementById("sync-chip");
  const [kind, words] = standing(waits, problems);
  const box = document.getElementById("sync-words");
  chip.dataset.kind = kind;
  if (box.textContent !== words) box.textContent = words;
  document.getElementById("bar-title").textContent = model.day?.teams[0]?.name ?? gettext("点亮 · 现场");
  const route = location.hash || "#/";
  const left = model.sheets.filter((sheet) => sheet.stop.on <= model.on && isOpen(sheet.status)).length;
  const counts = [left, 0, waits + problems];
  document.getElementById("tabs").replaceChildren(
    ...TABS.map(([hash, image, name], place) =>
      h(
        "a",
        { href: hash, "aria-current": route === hash || (place === 0 && route.startsWith("#/visit")) ? "page" : null },
        icon(image),
        h("span", {}, name),
        counts[place] > 0 && h("i.count", {}, String(counts[place])),
      ),
    ),
  );
}

function standing(waits, problems) {
  if (problems) return ["problem", fill(gettext("%(n)s 单需处理"), { n: problems })];
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

// A number is fetched when somebody calls; without a network, say whom to call instead.
function guardCalls() {
  document.addEventListener("click", (event) => {
    if (navigator.onLine || !event.target.closest("a[data-online]")) return;
    event.preventDefault();
    const phone = model.day?.teams[0]?.unit_phone;
    toast(phone ? fill(gettext("没有网络，取不到号码。可先打所里 %(phone)s。"), { phone }) : gettext("没有网络，取不到号码。"));
  });
}

// What could not be kept was not done: the screen stays as it is, and the person is told.
function sayWhenFull() {
  addEventListener("unhandledrejection", (event) => {
    if (event.reason?.name !== "QuotaExceededError") return;
    event.preventDefault();
    toast(gettext("手机存储已满，这一步没有记下。请清理空间后再按一次。"));
  });
}

async function main() {
  guardCalls();
  sayWhenFull();
  addEventListener("hashchange", draw);
  sync.onChange(() => model.refresh());
  await store.open();
  await model.refresh();
  register().catch(() => {}); // a private window has no worker; the app still runs online
  navigator.storage?.persist?.();
  await sync.start();
}

main();
