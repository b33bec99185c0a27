// What the phone keeps, in IndexedDB: the day, what was done (outbox), photos as blobs, drafts.
//
// One database per account, so that what one person did is never sent by another. The day expires;
// what was not sent never does. What somebody did is on the disk before the screen says so: its
// transactions are strict and are waited for. All that says something of people is sealed; what
// lies open is only which operation comes after which, and how it stands.

import { openDB } from "../dist/idb.js";
import * as seal from "./seal.js";
import * as time from "./time.js";
import { gettext, setup } from "./words.js";

const WHO = "field.account";
const LEFT_BEHIND = "field.left-behind";
const KEPT_SENT_MS = 36 * 3600 * 1000;
const KEPT_DRAFT_MS = 7 * 24 * 3600 * 1000;
const KEPT_LOOSE_MS = 24 * 3600 * 1000; // a photo that was just taken is in no record yet
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
    await db().clear("kept"); // somebody else's day and key; what he did not send stays for him
    db().close();
    seal.forget();
  }
  localStorage.setItem(WHO, account);
  database = { account, name, connection: await connect(account) };
  noteLeftBehind(account, null);
  await readLock();
  await expire();
}

async function readLock() {
  const lock = await db().get("kept", "lock");
  if (lock && lock.expires_at >= time.now()) await seal.take(lock, true);
}

// Seal from now on with the day's key, and keep it for a day at most.
export async function unlock(key, expiresAt) {
  const lock = await seal.take(key, true);
  await db().put("kept", { ...lock, expires_at: Date.parse(expiresAt) }, "lock");
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

export async function readDay() {
  const row = await db().get("kept", "day");
  return row?.box ? seal.open(row, "day") : null;
}

export async function keepDay(day) {
  const expires_at = Date.parse(day.expires_at);
  await db().put("kept", { ...(await seal.seal(day, "day")), expires_at }, "day");
}

// Places that were not sent yet; they go with the day, or with the account.
export async function readTrack() {
  const row = await db().get("kept", "track");
  return (row?.box && (await seal.open(row, "track"))) || [];
}

export async function keepTrack(fixes) {
  if (fixes.length) await db().put("kept", await seal.seal(fixes, "track"), "track");
  else await db().delete("kept", "track");
}

const PICTURE = "picture ";
export const pictures = async () => (await db().getAllKeys("kept")).filter((name) => name.startsWith(PICTURE)).map((name) => name.slice(PICTURE.length));
export const dropPicture = (name) => db().delete("kept", PICTURE + name);

export async function keepPicture(name, blob) {
  const bytes = await blob.arrayBuffer();
  await db().put("kept", await seal.sealBytes(bytes, PICTURE + name), PICTURE + name);
}

export async function picture(name) {
  const row = await db().get("kept", PICTURE + name);
  const bytes = row && (await seal.openBytes(row, PICTURE + name));
  return bytes && new Blob([bytes], { type: "image/jpeg" });
}

const rawOutbox = () => db().getAllFromIndex("outbox", "seq");

export const outbox = async () => opened(await rawOutbox());

async function opened(rows) {
  if (rows.some(({ kid }) => kid && !seal.has(kid))) await readLock(); // another tab has the day's key
  return Promise.all(rows.map(openRow));
}

// A row as the app knows it. Without its key its order and state are still told.
async function openRow({ kid, iv, box, ...row }) {
  if (!box) return row; // kept by a version that did not seal yet
  const inner = await seal.open({ kid, iv, box }, `outbox ${row.key}`);
  return inner ? { ...row, ...inner } : { ...row, kid, iv, box, title: gettext("已加密，联网登录后可读"), body: {}, isSealed: true };
}

// What could not be opened is kept as it was: its state may change, its content must not.
async function sealRow({ key, seq, verb, number, after, device_at, state, title, body, words, field, server, isSealed, kid, iv, box }) {
  const sealed = isSealed ? { kid, iv, box } : await seal.seal({ title, body, words, field, server }, `outbox ${key}`);
  return { key, seq, verb, number, after, device_at, state, ...sealed };
}

// Add operations, each behind the last one on the same subject, and retire the rows that they
// replace, in one transaction: all of it is kept or nothing. Pressing twice is once. Sealing takes
// its time, in which no transaction can be held: whoever finds that another tab was quicker begins
// again.
export async function enqueue(operations, { retire = [], words = "" } = {}) {
  for (let done = false; !done; ) {
    const known = await outbox();
    const retired = known.filter((row) => retire.includes(row.key)).map((row) => ({ ...row, state: "dropped", words }));
    const added = additions(operations, known.map((row) => retired.find(({ key }) => key === row.key) ?? row));
    done = await write(known.at(-1)?.seq ?? 0, await Promise.all(added.map(sealRow)), await Promise.all(retired.map(sealRow)));
  }
  channel?.postMessage("");
}

function additions(operations, known) {
  const rows = [...known];
  const added = [];
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
    added.push(row);
  }
  return added;
}

// Write rows if none has come behind the last that was known; tell whether they were written.
async function write(last, added, retired) {
  const tx = db().transaction("outbox", "readwrite", STRICT);
  const newest = await tx.store.index("seq").openCursor(null, "prev");
  const isFirst = (newest?.value.seq ?? 0) === last;
  if (isFirst) {
    for (const row of added) tx.store.add(row);
    for (const row of retired) tx.store.put(row);
  }
  await tx.done;
  return isFirst;
}

// Note what became of rows: pairs of key and new values, all of them or none. A row that somebody
// has given up meanwhile stays given up.
export async function change(...pairs) {
  const known = new Map((await outbox()).map((row) => [row.key, row]));
  const changed = pairs.filter(([key]) => known.has(key)).map(([key, values]) => ({ ...known.get(key), ...values }));
  const rows = await Promise.all(changed.map(sealRow));
  const tx = db().transaction("outbox", "readwrite", STRICT);
  for (const row of rows) {
    const now = await tx.store.get(row.key);
    if (now?.state === known.get(row.key).state) tx.store.put(row);
  }
  await tx.done;
  channel?.postMessage("");
}

// Give up rows in favour of the server's version, or of another row.
export const drop = (keys, words) => enqueue([], { retire: keys, words });

export async function photo(id) {
  const row = await db().get("photos", id);
  if (!row?.box) return row;
  const [meta, bytes] = await Promise.all([seal.open(row.meta, `about ${id}`), seal.openBytes(row, `photo ${id}`)]);
  return meta && bytes ? { id, number: meta.number, token: meta.token, at: meta.at, blob: new Blob([bytes], { type: meta.type }) } : undefined;
}

export const dropPhoto = (id) => db().delete("photos", id);

export async function keepPhoto(row) {
  const sealed = await sealPhoto(row);
  const tx = db().transaction("photos", "readwrite", STRICT);
  tx.store.put(sealed);
  await tx.done;
}

async function sealPhoto({ id, number, blob, token, at }) {
  const meta = await seal.seal({ number, token, at, type: blob.type }, `about ${id}`);
  return { id, meta, ...(await seal.sealBytes(await blob.arrayBuffer(), `photo ${id}`)) };
}

export async function setToken(id, token) {
  const row = await photo(id);
  if (row) await keepPhoto({ ...row, token });
}

export const draft = async (number) => openDraft(await db().get("drafts", number));

async function openDraft(row) {
  return row?.box ? ((await seal.open(row, `draft ${row.number}`)) ?? undefined) : row;
}

export async function keepDraft(row) {
  const at = time.now();
  await db().put("drafts", { number: row.number, at, ...(await seal.seal({ ...row, at }, `draft ${row.number}`)) });
}

export const dropDraft = (number) => db().delete("drafts", number);

// Name the keys under which something is kept here that this phone cannot read any more.
export async function lostKeys() {
  const rows = (await Promise.all(["outbox", "drafts", "photos"].map((name) => db().getAll(name)))).flat();
  return [...new Set(rows.map((row) => row.kid).filter((kid) => kid && !seal.has(kid)))];
}

// Bring everything under the day's key, so that the earlier ones can be thrown away.
export async function reseal(keys) {
  for (const key of keys) await seal.take(key, false);
  const isOld = (row) => row.kid !== seal.code();
  const old = (await rawOutbox()).filter(isOld);
  const opened = (await Promise.all(old.map(openRow))).filter((row) => !row.isSealed);
  const states = new Map(old.map((row) => [row.key, row.state]));
  const rows = await Promise.all(opened.map(sealRow));
  const tx = db().transaction("outbox", "readwrite", STRICT);
  for (const row of rows) if ((await tx.store.get(row.key))?.state === states.get(row.key)) tx.store.put(row);
  await tx.done;
  for (const { number } of (await db().getAll("drafts")).filter(isOld)) {
    const kept = await draft(number);
    if (kept) await keepDraft(kept);
  }
  for (const { id } of (await db().getAll("photos")).filter(isOld)) {
    const kept = await photo(id);
    if (kept) await keepPhoto(kept);
  }
}

// Forget what is over: the expired day with its key, what was sent long ago, photos that nobody
// needs. While something cannot be read, nobody knows which photos it needs: all of them stay.
// Somebody may be writing meanwhile: what is needed is told by one look at all that is kept.
export async function expire(now = time.now()) {
  const kept = await Promise.all(["day", "lock"].map((name) => db().get("kept", name)));
  if (kept.some((row) => row && !(row.expires_at >= now))) {
    await db().clear("kept");
    seal.forget();
  }
  const tx = db().transaction(["outbox", "drafts", "photos"]);
  const [rows, drafts, photos] = await Promise.all([
    tx.objectStore("outbox").index("seq").getAll(),
    tx.objectStore("drafts").getAll(),
    tx.objectStore("photos").getAllKeys(),
  ]);
  const needed = new Set();
  let isReadable = true;
  for (const row of await opened(rows)) {
    const isOver = OVER.has(row.state);
    isReadable &&= isOver || !row.isSealed;
    if (isOver && Date.parse(row.device_at) < now - KEPT_SENT_MS) await db().delete("outbox", row.key);
    if (!isOver) for (const id of photosOf(row.body)) needed.add(id);
  }
  for (const row of drafts) {
    const isOld = row.at < now - KEPT_DRAFT_MS;
    const inner = isOld ? undefined : await openDraft(row);
    if (isOld) await dropDraft(row.number);
    isReadable &&= isOld || Boolean(inner);
    for (const id of photosOf(inner ?? {})) needed.add(id);
  }
  if (!isReadable) return;
  for (const id of photos) if (!needed.has(id) && (await isLongLoose(id))) await dropPhoto(id);
}

// Tell whether a photo is so old, by the clock that dated it, that nobody is about to record it.
async function isLongLoose(id) {
  const row = await db().get("photos", id);
  const { at } = (row?.meta ? await seal.open(row.meta, `about ${id}`) : row) ?? {};
  return at < Date.now() - KEPT_LOOSE_MS;
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const photosOf = (body) => [...(body.photos ?? []), ...(body.signature ?? [])];

const unsent = async () => (await rawOutbox()).filter((row) => !OVER.has(row.state));

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

// Wipe what belongs to the account, its key first of all. What was not sent or is half written stays,
// sealed, until the same account is back and is given the key again.
export async function wipe() {
  const isClear = !(await unsent()).length && !(await db().count("drafts"));
  await leaveBehind();
  await db().clear("kept");
  seal.forget();
  if (isClear) {
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
