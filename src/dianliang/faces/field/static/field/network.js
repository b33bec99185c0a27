// Talk to the server. Every failure becomes one of three: away, logged out, or refused with words.

import { gettext } from "./words.js";

const TIMEOUT_MS = 30_000;
const SLOWEST_BYTES_PER_MS = 4; // a bar of 2G
const TRIES = 3;
const FLAP_MS = 400;

export class AwayError extends Error {}
export class LoggedOutError extends Error {}
export class RefusedError extends Error {
  constructor(words, field) {
    super(words);
    this.field = field;
  }
}

export function get(url) {
  return request(url, {});
}

export function post(url, body) {
  return request(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });
}

export function upload(url, blob, key) {
  return request(url, {
    method: "POST",
    body: blob,
    headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": key },
  });
}

// Fetch a picture; null when it cannot be had now.
export async function fetchBlob(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null);
  return response?.ok ? response.blob().catch(() => null) : null;
}

async function request(url, { headers = {}, ...options }) {
  const response = await reach(url, {
    ...options,
    headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), ...headers },
  });
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  if (response.status === 401) throw new LoggedOutError();
  if (response.ok && isJson) return response.json().catch(() => Promise.reject(new AwayError()));
  if (isJson) {
    const { words, field } = await response.json();
    throw new RefusedError(words, field);
  }
  if (response.status === 413 || response.status === 400) throw new RefusedError(gettext("内容太大或格式不对。"));
  throw new AwayError(gettext("服务器暂时没有应答，稍后自动再试。"));
}

// A connection that flaps is asked again at once: the same keys make a repetition harmless. One
// that is too slow, or away, is left to the next run.
async function reach(url, options) {
  const size = options.body?.size ?? options.body?.length ?? 0;
  for (let tries = 1; ; tries++) {
    try {
      return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS + size / SLOWEST_BYTES_PER_MS) });
    } catch (error) {
      if (error.name === "TimeoutError" || tries === TRIES || !navigator.onLine) throw new AwayError();
    }
    await new Promise((resolve) => setTimeout(resolve, FLAP_MS * tries));
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
