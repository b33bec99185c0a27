// What the phone keeps, in IndexedDB: the day, what was done (outbox), photos as blobs, drafts.
//
// One database per account, so that what one person did is never sent by another. The day expires;
// what was not sent never does.

import { openDB } from "../dist/idb.js";
import { setup } from "./words.js";

const WHO = "field.account";
const KEPT_SENT_MS = 36 * 3600 * 1000;
const KEPT_DRAFT_MS = 7 * 24 * 3600 * 1000;

let database;

export async function open() {
  const account = localStorage.getItem(WHO);
  if (account) await use(account);
  return Boolean(account);
}

// Change to the database of an account; called when the server says who is logged in.
export async function use(account) {
  if (database?.account === account) return;
  if (database) {
    await db().clear("kept"); // somebody else's day; what he did not send stays for him
    db().close();
  }
  localStorage.setItem(WHO, account);
  const connection = await openDB(`field:${account}`, 1, {
    upgrade(db) {
      db.createObjectStore("kept");
      db.createObjectStore("outbox", { keyPath: "key" }).createIndex("seq", "seq", { unique: true });
      db.createObjectStore("photos", { keyPath: "id" });
      db.createObjectStore("drafts", { keyPath: "number" });
    },
  });
  database = { account, connection };
  await expire();
}

export const isOpen = () => Boolean(database);
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

const db = () => database.connection;

export const account = () => database.account;

export const readDay = () => db().get("kept", "day");
export const keepDay = (day) => db().put("kept", day, "day");

export const outbox = () => db().getAllFromIndex("outbox", "seq");

// Add an operation behind the last one on the same subject. One transaction: two taps are two rows.
export async function enqueue({ verb, number, title, body = {} }) {
  const tx = db().transaction("outbox", "readwrite");
  const rows = await tx.store.index("seq").getAll();
  const before = rows.filter((row) => row.number === number && row.state !== "dropped").at(-1);
  const row = {
    key: newKey(),
    seq: (rows.at(-1)?.seq ?? 0) + 1,
    verb,
    number,
    title,
    body,
    after: before && verb !== "report" ? before.key : "",
    device_at: new Date().toISOString(),
    state: "saved",
  };
  await tx.store.add(row);
  await tx.done;
  return row;
}

export async function change(key, values) {
  const tx = db().transaction("outbox", "readwrite");
  const row = await tx.store.get(key);
  if (row) await tx.store.put({ ...row, ...values });
  await tx.done;
}

export const photo = (id) => db().get("photos", id);
export const keepPhoto = (row) => db().put("photos", row);
export const dropPhoto = (id) => db().delete("photos", id);

export async function setToken(id, token) {
  const row = await photo(id);
  if (row) await keepPhoto({ ...row, token });
}

export const draft = (number) => db().get("drafts", number);
export const keepDraft = (row) => db().put("drafts", { ...row, at: Date.now() });
export const dropDraft = (number) => db().delete("drafts", number);

// Forget what is over: the expired day, what was sent long ago, and photos that nobody needs.
export async function expire(now = Date.now()) {
  const day = await readDay();
  if (day && Date.parse(day.expires_at) < now) await db().delete("kept", "day");
  const needed = new Set();
  for (const row of await outbox()) {
    const isOver = row.state === "sent" || row.state === "dropped";
    if (isOver && Date.parse(row.device_at) < now - KEPT_SENT_MS) await db().delete("outbox", row.key);
    if (!isOver) for (const id of photosOf(row.body)) needed.add(id);
  }
  for (const row of await db().getAll("drafts")) {
    if (row.at < now - KEPT_DRAFT_MS) await dropDraft(row.number);
    else for (const id of photosOf(row)) needed.add(id);
  }
  for (const id of await db().getAllKeys("photos")) if (!needed.has(id)) await dropPhoto(id);
}

export const photosOf = (body) => [...(body.photos ?? []), ...(body.signature ?? [])];

// Wipe what belongs to the account. What was not sent stays until the same account is back.
export async function wipe() {
  const rows = await outbox();
  const unsent = rows.filter((row) => row.state !== "sent" && row.state !== "dropped");
  await db().clear("kept");
  if (!unsent.length) {
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
