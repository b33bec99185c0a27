// Send what was done, in order, as soon as there is a network; keep it until it is answered.

import { AwayError, LoggedOutError, RefusedError, fetchBlob, get, post, upload } from "./network.js";
import { FREE, PROBLEM } from "./rules.js";
import * as positions from "./positions.js";
import * as seal from "./seal.js";
import * as store from "./store.js";
import * as time from "./time.js";
import { gettext, setup } from "./words.js";

const BATCH = 50;
const MOST_BYTES = 20 * 2 ** 20; // of a day's villages with their pictures
const EVERY_MS = 90_000;
const FIRST_PAUSE_MS = 4_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export const state = { phase: "idle", build: setup.build, at: null };
const listeners = new Set();
let failures = 0;
let timer;
let running;
let isOver = false;

export function onChange(listener) {
  listeners.add(listener);
}

export function start() {
  addEventListener("online", () => now());
  addEventListener("offline", () => tell("away"));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  return now();
}

// Synchronise now; a call during a run makes one more run follow it.
export function now() {
  failures = 0;
  return run();
}

async function run() {
  if (running) {
    running.again = true;
    return running.promise;
  }
  clearTimeout(timer);
  const mine = { again: false, promise: alone(once) };
  running = mine;
  try {
    await mine.promise;
  } finally {
    // A run that failed in an unforeseen way bars none that follow.
    running = undefined;
    if (!isOver) timer = setTimeout(tick, pause());
  }
  return mine.again && !isOver ? run() : undefined;
}

// One at a time, in all tabs together.
const alone = (act) => (navigator.locks ? navigator.locks.request("field-sync", act) : act());

// Wipe what the account keeps here, when the run that is under way has ended: it would bring the day
// and its key back. No run follows.
export async function leave() {
  isOver = true;
  clearTimeout(timer);
  await alone(store.wipe);
}

// In a pocket nothing is asked; what waits is still sent. Taking the phone out asks at once.
async function tick() {
  const waits = store.isOpen() && sendable(await store.outbox()).length > 0;
  if (waits || document.visibilityState === "visible") return run();
  timer = setTimeout(tick, pause());
  return undefined;
}

async function once() {
  if (isOver) return;
  tell("sending");
  try {
    if (store.isOpen()) await store.expire();
    await readDay(); // first of all it says whose phone this is now
    await positions.send();
    if (await sendAll()) await readDay();
    failures = 0;
    tell("idle");
    await readPictures();
  } catch (error) {
    failures += 1;
    if (error instanceof LoggedOutError) tell("logged-out");
    else if (error instanceof AwayError) tell("away", error.message);
    else if (error instanceof RefusedError) tell("refused", error.message);
    else throw error;
  }
}

// Send what is saved; tell whether anything was answered. What carries no pictures goes first, in
// batches; then each record with its pictures by itself: a slow line must not hold back the rest.
async function sendAll() {
  const held = new Set(); // subjects that the server could not settle in this run
  for (let any = false; ; any = true) {
    const saved = sendable(await store.outbox()).filter((row) => !held.has(row.number));
    if (!saved.length) return any;
    const light = saved.filter((row) => !waitsForPictures(row, saved)).slice(0, BATCH);
    const ready = [];
    for (const row of light.length ? light : saved.slice(0, 1)) {
      const body = await withTokens(row);
      if (body) ready.push({ row, body });
    }
    for (const number of ready.length ? await send(ready) : []) held.add(number);
  }
}

function waitsForPictures(row, rows) {
  const earlier = rows.filter((each) => each.number === row.number && each.seq <= row.seq);
  return earlier.some((each) => store.photosOf(each.body).length > 0);
}

// What follows an unsolved problem on the same subject waits for the person's decision; but what was
// seen is true whatever became of the visit.
function sendable(rows) {
  const stuck = new Set(rows.filter((row) => PROBLEM.has(row.state)).map((row) => row.number));
  return rows.filter((row) => row.state === "saved" && !row.isSealed && (FREE.has(row.verb) || !stuck.has(row.number)));
}

// Upload the photos of an operation, each in a request of its own; null if one is refused.
async function withTokens(row) {
  const tokens = {};
  for (const id of store.photosOf(row.body)) {
    const photo = await store.photo(id);
    if (photo?.token) {
      tokens[id] = photo.token;
      continue;
    }
    try {
      if (!photo) throw new RefusedError(gettext("有照片在手机上找不到了，请重新拍。"));
      ({ token: tokens[id] } = await upload(setup.urls.photos, photo.blob, id));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      await store.change([row.key, { state: "refused", words: error.message, field: "photos" }]);
      tell("sending");
      return null;
    }
    await store.setToken(id, tokens[id]);
  }
  const swap = (ids) => ids.map((id) => tokens[id]);
  const { photos, signature, ...rest } = row.body;
  return { ...rest, ...(photos && { photos: swap(photos) }), ...(signature && { signature: swap(signature) }) };
}

// Send operations and keep the answers; return the subjects of those that must wait.
async function send(ready) {
  const operations = ready.map(({ row, body }) => ({
    key: row.key,
    verb: row.verb,
    number: row.number,
    after: row.after,
    device_at: row.device_at,
    body,
  }));
  const { results } = await post(setup.urls.sync, {
    account: store.account(),
    sent_at: new Date(time.now()).toISOString(),
    operations,
  });
  const isFine = ({ outcome }) => outcome === "applied" || outcome === "already";
  const answered = results.map((result, place) => ({ result, row: ready[place].row }));
  const settled = answered.filter(({ result }) => result.outcome !== "waiting");
  await store.change(
    ...settled.map(({ row, result }) => {
      const { words, field, server } = result;
      const state = isFine(result) ? "sent" : result.outcome;
      return [row.key, { state, words, field, server, ...(isFine(result) && forget(row)) }];
    }),
  );
  for (const { row } of settled.filter(({ result }) => isFine(result))) {
    for (const id of store.photosOf(row.body)) await store.dropPhoto(id);
    if (row.verb === "inspect") await store.dropDraft(`inspect ${row.number}`);
    if (row.body.hazard) await store.dropDraft(`hazard ${row.body.hazard}`);
  }
  tell("sending");
  return answered.filter(({ result }) => result.outcome === "waiting").map(({ row }) => row.number);
}

// Names and numbers of people do not stay on the phone once the server has them.
function forget({ verb, body }) {
  if (verb === "inspect") return { body: {} };
  if (body.hazard) return { body: { hazard: body.hazard } };
  if (body.event) return { body: { event: body.event } };
  return verb === "post_need" ? { body: { follow: body.follow } } : {};
}

async function readDay() {
  const asked = performance.now();
  const { day, build, key } = await get(setup.urls.day);
  if (!seal.isAble) throw new RefusedError(gettext("这个网址不是 https，手机不能加密保存，不能离线使用。请用 https 网址打开。"));
  time.learn(day.read_at, performance.now() - asked);
  await store.use(day.actor_id, day.actor_name);
  await store.unlock(key, day.expires_at);
  await recover();
  await store.keepDay(day);
  await positions.follow(day.tracking);
  if (build !== setup.build) {
    const registration = await navigator.serviceWorker?.getRegistration();
    registration?.update().catch(() => {});
  }
  state.at = new Date(time.now()).toISOString();
}

// What was kept under an earlier key is brought under today's; the server knows the account's keys.
async function recover() {
  const codes = await store.lostKeys();
  const { keys } = codes.length ? await post(setup.urls.keys, { codes }) : { keys: [] };
  await store.reseal(keys);
}

// Take along how the hazards looked that are to be looked at again, and what cameras saw; what cannot
// be fetched now is asked for at the next run.
async function readPictures() {
  const day = await store.readDay();
  const wanted = new Map((day?.sheets ?? []).flatMap((sheet) => [
    ...sheet.hazards.map(({ number }) => [number, `${sheet.stop.number}/hazards/${number}/`]),
    ...(sheet.watched ?? []).filter((event) => event.has_snapshot).map(({ number }) => [number, `${sheet.stop.number}/watched/${number}/`]),
  ]));
  const kept = await store.pictures();
  for (const name of kept) if (!wanted.has(name)) await store.dropPicture(name);
  let bytes = JSON.stringify(day ?? {}).length;
  for (const [name, path] of wanted) {
    if (bytes > MOST_BYTES) break;
    const blob = kept.includes(name) ? await store.picture(name) : await fetchBlob(`${setup.urls.today}visits/${path}`);
    bytes += blob?.size ?? 0;
    if (blob && !kept.includes(name)) await store.keepPicture(name, blob);
  }
}

function tell(phase, words = "") {
  state.phase = phase;
  state.words = words || (phase === "logged-out" ? gettext("请重新登录") : "");
  for (const listener of listeners) listener();
}

function pause() {
  if (!failures) return EVERY_MS;
  const grown = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  return grown * (0.5 + Math.random());
}
