// The time of day as the server knows it: a phone's clock may be wrong by hours.

const KEY = "field.skew";
const NOTICED_MS = 90_000; // less is the way there and back

let skew = Number(localStorage.getItem(KEY)) || 0;

export const now = () => Date.now() + skew;
export const error = () => -skew; // how far the phone's clock is ahead

// Learn from an answer: the server's time, and the phone's time before and after the question.
export function learn(server, before, after) {
  const off = Date.parse(server) - (before + after) / 2;
  if (!Number.isFinite(off)) return;
  skew = Math.abs(off) < NOTICED_MS ? 0 : Math.round(off);
  localStorage.setItem(KEY, String(skew));
}
