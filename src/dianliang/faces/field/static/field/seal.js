// Seal what the phone keeps: AES-256-GCM under a key that the server gives for a day.
//
// A key is a CryptoKey that no script can read out. The ring holds it for a day after the server
// was last reached; then, and at log-out, it is thrown away. What was sealed stays as it is: the
// server gives the same account its key back (decision 0010).

import { gettext } from "./words.js";

const NAME = "AES-GCM";
const IV_BYTES = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let ring = new Map();
let current = null;

export class LockedError extends Error {}

export const isAble = Boolean(globalThis.crypto?.subtle);
export const code = () => current;
export const has = (name) => ring.has(name);

// Take a key into the ring; `isCurrent` seals from now on. Returns what the phone may keep of it.
export async function take({ code: name, secret, key }, isCurrent) {
  const raw = secret && Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
  const usable = key ?? (await crypto.subtle.importKey("raw", raw, NAME, false, ["encrypt", "decrypt"]));
  ring.set(name, usable);
  if (isCurrent) current = name;
  return { code: name, key: usable };
}

export function forget() {
  ring = new Map();
  current = null;
}

// Seal a value for one place: moved to another it does not open.
export const seal = (value, place) => sealBytes(encoder.encode(JSON.stringify(value)), place);

export async function sealBytes(bytes, place) {
  if (!current) throw new LockedError(gettext("手机上的资料已锁（超过 24 小时没有联网）。请联网后再记。"));
  const kid = current;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const box = await crypto.subtle.encrypt(rule(iv, place), ring.get(kid), bytes);
  return { kid, iv, box };
}

// Open what was sealed; null while its key is not in the ring.
export async function open(sealed, place) {
  const bytes = await openBytes(sealed, place);
  return bytes && JSON.parse(decoder.decode(bytes));
}

export async function openBytes({ kid, iv, box }, place) {
  const key = ring.get(kid);
  return key ? crypto.subtle.decrypt(rule(iv, place), key, box) : null;
}

const rule = (iv, place) => ({ name: NAME, iv, additionalData: encoder.encode(place) });
