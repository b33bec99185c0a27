// The time of day as the server knows it: a phone's clock may be wrong by hours.

const KEY = "field.skew";
const NOTICED_MS = 90_000; // less is the way there and back

let skew = Number(localStorage.getItem(KEY)) || 0;

export const now = () => Date.now() + skew;
export const error = () => -skew; // how far the phone's clock is ahead

// Learn from an answer that has come after so many milliseconds: the server's time then. The wait is
// not taken from the clock, which may have been put right meanwhile.
export function learn(server, waited) {
  const off = Date.parse(server) - (Date.now() - waited / 2);
  if (!Number.isFinite(off)) return;
  skew = Math.abs(off) < NOTICED_MS ? 0 : Math.round(off);
  localStorage.setItem(KEY, String(skew));
}
