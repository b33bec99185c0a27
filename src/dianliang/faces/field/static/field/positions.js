// Where this phone is: told only while its owner is in action in an incident, and only if he agrees.
// What was not sent waits on the phone, sealed; the server keeps one place for each five minutes.

import { h, icon } from "./dom.js";
import { AwayError, LoggedOutError, RefusedError, post } from "./network.js";
import * as store from "./store.js";
import * as time from "./time.js";
import { clock, fill, gettext, setup } from "./words.js";

const AGREED = "field.track"; // the incident for which somebody has agreed
const MOST_KEPT = 2000; // sixteen hours of places
const BATCH = 240;

export const state = { waits: 0, at: null, problem: "" };
const listeners = new Set();
let tracking = null;
let watch;
let last = 0;
let timer;
let adding = Promise.resolve(); // one at a time: what is added and what is sent must not cross

export function onChange(listener) {
  listeners.add(listener);
}

const tell = () => listeners.forEach((listener) => listener());
export const isOn = () => Boolean(tracking) && localStorage.getItem(AGREED) === tracking.number;

// The day says whether its owner is in action; when he is not any more, nothing is asked or kept.
export async function follow(given) {
  const before = tracking?.number;
  tracking = given;
  if (!given) {
    if (before) await forget();
    localStorage.removeItem(AGREED);
  }
  state.waits = store.isOpen() ? (await store.readTrack()).length : 0;
  if (isOn()) begin();
  else end();
  tell();
}

export function agree() {
  localStorage.setItem(AGREED, tracking.number);
  begin();
  tell();
}

export function stop() {
  localStorage.removeItem(AGREED);
  end();
  tell();
}

async function forget() {
  await store.keepTrack([]);
  state.waits = 0;
}

function begin() {
  if (watch !== undefined || !navigator.geolocation) return;
  const options = { enableHighAccuracy: true, maximumAge: 15_000, timeout: 60_000 };
  watch = navigator.geolocation.watchPosition(note, fail, options);
  timer = setInterval(send, tracking.send_every_s * 1000);
}

function end() {
  if (watch === undefined) return;
  navigator.geolocation.clearWatch(watch);
  clearInterval(timer);
  watch = undefined;
  last = 0;
}

function fail({ code }) {
  state.problem = code === 1 ? gettext("手机没有允许定位，请在浏览器设置里允许。") : gettext("暂时定不了位。");
  tell();
}

function note({ coords }) {
  const now = time.now();
  if (now - last < tracking.every_s * 1000 - 500) return undefined;
  const isFirst = last === 0;
  last = now;
  const fix = { lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy), at: new Date(now).toISOString() };
  state.problem = "";
  adding = adding.then(() => keep(fix)).catch(() => {});
  return isFirst ? adding.then(send) : adding;
}

async function keep(fix) {
  if (!store.isOpen()) return;
  const fixes = [...(await store.readTrack()), fix].slice(-MOST_KEPT);
  await store.keepTrack(fixes);
  Object.assign(state, { waits: fixes.length, at: fix.at });
  tell();
}

// Send what waits, the oldest first; sending twice changes nothing on the server.
export function send() {
  adding = adding.then(sendAll).catch((error) => {
    if (!(error instanceof AwayError || error instanceof LoggedOutError || error instanceof RefusedError)) throw error;
  });
  return adding;
}

async function sendAll() {
  if (!store.isOpen() || !navigator.onLine) return;
  for (let fixes = await store.readTrack(); fixes.length; fixes = await store.readTrack()) {
    const batch = fixes.slice(0, BATCH);
    const answer = await post(setup.urls.positions, { account: store.account(), sent_at: new Date(time.now()).toISOString(), fixes: batch });
    await store.keepTrack(fixes.slice(batch.length));
    state.waits = fixes.length - batch.length;
    if (!answer.tracking) return follow(null);
  }
  tell();
}

// What the person sees of it, and decides.
export function card() {
  if (!tracking) return null;
  const on = isOn();
  return h(
    "section.card.track",
    { "aria-label": gettext("上报位置") },
    h("h2", {}, icon("pin"), on ? gettext("正在上报位置") : gettext("上报位置")),
    h("p", {}, fill(gettext("您在参加“%(title)s”。指挥长能看到您在哪里，出事能找到您；只在行动期间上报，结束就删，轨迹最多留 30 天。"), tracking)),
    on && h("p.hint", {}, state.problem || (state.at ? fill(gettext("最近 %(at)s，待发 %(n)s 个。屏幕熄灭时手机不定位。"), { at: clock(state.at), n: state.waits }) : gettext("正在定位…"))),
    h("button.wide" + (on ? "" : ".primary"), { type: "button", onclick: on ? stop : agree }, on ? gettext("停止上报") : gettext("开始上报位置")),
  );
}
