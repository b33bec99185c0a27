// The list of followed needs that this device keeps: link, when it was last looked at.
const KEY = "dianliang.mine";
const MOST = 30;

export function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter((row) => typeof row?.token === "string") : [];
  } catch { return []; }
}

function write(rows) {
  try { localStorage.setItem(KEY, JSON.stringify(rows.slice(0, MOST))); return true; } catch { return false; }
}

export function seenAt(token) {
  return all().find((row) => row.token === token)?.seen ?? null;
}

export function keep(token, number) {
  return write([{ token, number, seen: Date.now() }, ...all().filter((row) => row.token !== token)]);
}

export function keepOnly(tokens) { return write(all().filter((row) => tokens.has(row.token))); }

export function forgetAll() {
  try { localStorage.removeItem(KEY); } catch { /* nothing was kept */ }
}

// Marks what moved since it was last seen.
export function markNews(scope, seen) {
  if (seen === null) return 0;
  let count = 0;
  for (const line of scope.querySelectorAll("[data-at]")) {
    const isNew = new Date(line.dataset.at).getTime() > seen;
    const chip = line.querySelector(".fresh");
    if (chip) chip.hidden = !isNew;
    count += isNew ? 1 : 0;
  }
  return count;
}
