// What the phone keeps, in IndexedDB: the day, what was done (outbox), photos as blobs, drafts.
//
// One database per account, so that what one person did is never sent by another. The day expires;
// what was not sent never does. What somebody did is on the disk before the screen says so: its
// transactions are strict and are waited for.

import { openDB } from "../dist/idb.js";
import * as time from "./time.js";
import { setup } from "./words.js";

const WHO = "field.account";
const LEFT_BEHIND = "field.left-behind";
const KEPT_SENT_MS = 36 * 3600 * 1000;
const KEPT_DRAFT_MS = 7 * 24 * 3600 * 1000;
const STRICT = { durability: "strict" };
const OVER = new Set(["sent", "dropped"]);

const channel = globalThis.BroadcastChannel && new BroadcastChannel("field");
let database;

// Call back when another tab of the app has changed what is kept.
export function onChangeElsewhere(listener) {
  channel?.addEventListener("message", listener);
}

export async function open() {
  const account = localStorage.getItem(WHO);
  if (account) await use(account);
  return Boolean(account);
}

// Change to the database of an account; called when the server says who is logged in.
export async function use(account, name = "") {
  if (database?.account === account) {
    database.name = name || database.name;
    return;
  }
  if (database) {
    await leaveBehind();
    await db().clear("kept"); // somebody else's day; what he did not send stays for him
    db().close();
  }
  localStorage.setItem(WHO, account);
  database = { account, name, connection: await connect(account) };
  noteLeftBehind(account, null);
  await expire();
}

function connect(account) {
  return openDB(`field:${account}`, 1, {
    upgrade(db) {
      db.createObjectStore("kept");
      db.createObjectStore("outbox", { keyPath: "key" }).createIndex("seq", "seq", { unique: true });
      db.createObjectStore("photos", { keyPath: "id" });
      db.createObjectStore("drafts", { keyPath: "number" });
    },
    blocking: (_, __, event) => event.target.close(),
    // Some systems cut the connection of an app that slept long.
    async terminated() {
      if (database?.account === account) database.connection = await connect(account);
    },
  });
}

export const isOpen = () => Boolean(database);
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

const db = () => database.connection;

export const account = () => database?.account;

export const readDay = () => db().get("kept", "day");
export const keepDay = (day) => db().put("kept", day, "day");

export const outbox = () => db().getAllFromIndex("outbox", "seq");

// Add operations, each behind the last one on the same subject, and retire the rows that they
// replace, in one transaction: all of it is kept or nothing. Pressing twice is once.
export async function enqueue(operations, { retire = [], words = "" } = {}) {
  const tx = db().transaction("outbox", "readwrite", STRICT);
  const rows = await tx.store.index("seq").getAll();
  for (const row of rows.filter((each) => retire.includes(each.key))) {
    Object.assign(row, { state: "dropped", words });
    tx.store.put(row);
  }
  for (const { verb, number, title, body = {} } of operations) {
    const before = rows.filter((row) => row.number === number && row.state !== "dropped").at(-1);
    if (before?.state === "saved" && before.verb === verb && isSame(before.body, body)) continue;
    const row = {
      key: newKey(),
      seq: (rows.at(-1)?.seq ?? 0) + 1,
      verb,
      number,
      title,
      body,
      after: before && verb !== "report" ? before.key : "",
      device_at: new Date(time.now()).toISOString(),
      state: "saved",
    };
    rows.push(row);
    tx.store.add(row);
  }
  await tx.done;
  channel?.postMessage("");
}

// Note what became of rows: pairs of key and new values, all of them or none.
export async function change(...pairs) {
  const tx = db().transaction("outbox", "readwrite", STRICT);
  for (const [key, values] of pairs) {
    const row = await tx.store.get(key);
    if (row) tx.store.put({ ...row, ...values });
  }
  await tx.done;
  channel?.postMessage("");
}

// Give up rows in favour of the server's version, or of another row.
export const drop = (keys, words) => enqueue([], { retire: keys, words });

export const photo = (id) => db().get("photos", id);
export const dropPhoto = (id) => db().delete("photos", id);

export async function keepPhoto(row) {
  const tx = db().transaction("photos", "readwrite", STRICT);
  tx.store.put(row);
  await tx.done;
}

export async function setToken(id, token) {
  const row = await photo(id);
  if (row) await keepPhoto({ ...row, token });
}

export const draft = (number) => db().get("drafts", number);
export const keepDraft = (row) => db().put("drafts", { ...row, at: time.now() });
export const dropDraft = (number) => db().delete("drafts", number);

// Forget what is over: the expired day, what was sent long ago, and photos that nobody needs.
export async function expire(now = time.now()) {
  const day = await readDay();
  if (day && Date.parse(day.expires_at) < now) await db().delete("kept", "day");
  const needed = new Set();
  for (const row of await outbox()) {
    const isOver = OVER.has(row.state);
    if (isOver && Date.parse(row.device_at) < now - KEPT_SENT_MS) await db().delete("outbox", row.key);
    if (!isOver) for (const id of photosOf(row.body)) needed.add(id);
  }
  for (const row of await db().getAll("drafts")) {
    if (row.at < now - KEPT_DRAFT_MS) await dropDraft(row.number);
    else for (const id of photosOf(row)) needed.add(id);
  }
  for (const id of await db().getAllKeys("photos")) if (!needed.has(id)) await dropPhoto(id);
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const photosOf = (body) => [...(body.photos ?? []), ...(body.signature ?? [])];

const unsent = async () => (await outbox()).filter((row) => !OVER.has(row.state));

// Tell whose work is still on this phone, besides the account's own: only he can send it.
export function leftBehind() {
  return Object.values(JSON.parse(localStorage.getItem(LEFT_BEHIND) ?? "{}"));
}

async function leaveBehind() {
  const count = (await unsent()).length;
  noteLeftBehind(database.account, count ? { name: database.name, count } : null);
}

function noteLeftBehind(account, what) {
  const { [account]: _, ...others } = JSON.parse(localStorage.getItem(LEFT_BEHIND) ?? "{}");
  localStorage.setItem(LEFT_BEHIND, JSON.stringify(what ? { ...others, [account]: what } : others));
}

// Wipe what belongs to the account. What was not sent stays until the same account is back.
export async function wipe() {
  const left = await unsent();
  await leaveBehind();
  await db().clear("kept");
  if (!left.length) {
    const name = `field:${database.account}`;
    db().close();
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }
  database = undefined;
  localStorage.removeItem(WHO);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    await cache.delete(setup.urls.today);
  }
}
