// The queue by keyboard; list and map telling each other; what arrives does not move the reader.
const map = document.getElementById("map");
const mapBox = document.getElementById("map-box");
const bar = document.getElementById("bulk-bar");
const arrived = document.getElementById("arrived");
const wide = matchMedia("(min-width: 64rem)");
const place = `place:${document.getElementById("bulk").dataset.place}`;
if (wide.matches) mapBox.open = true;

const rows = () => [...document.querySelectorAll("[data-row]")];
const boxes = () => [...document.querySelectorAll('#queue input[name="number"]')];
let here = "";
let index = 0;

function mark(row, scroll = true) {
  for (const other of rows()) other.classList.toggle("here", other === row);
  if (!row) return;
  here = row.id;
  index = rows().indexOf(row);
  if (scroll) row.scrollIntoView({ block: "nearest" });
  row.querySelector("[data-main]").focus({ preventScroll: true });
}

function go(step) {
  const all = rows();
  const now = all.findIndex((row) => row.id === here);
  const next = now < 0 ? (here ? index : 0) : now + step;
  mark(all[Math.max(0, Math.min(all.length - 1, next))]);
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  bar.hidden = chosen === 0;
  bar.querySelector("[data-chosen]").textContent = chosen;
  const all = document.querySelector("[data-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
  }
}

function choose(on) {
  for (const box of boxes()) box.checked = on;
  count();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) choose(event.target.checked);
  else if (event.target.name === "number") count();
});
document.querySelector("[data-unchoose]").addEventListener("click", () => choose(false));

const typing = 'input:not([type="checkbox"]), textarea, select, dialog[open], .leaflet-container';
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
  const row = document.getElementById(here);
  const act = {
    j: () => go(1),
    k: () => go(-1),
    x: () => row?.querySelector('input[name="number"]').click(),
    a: () => row?.querySelector("[data-quick]")?.click(),
    m: () => { mapBox.open = true; if (row) show(row.id, true); },
    "*": () => choose(!boxes().every((box) => box.checked)),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// List and map.
function show(number, move = false) {
  map.dispatchEvent(new CustomEvent("map:highlight", { detail: { number, move } }));
}
document.addEventListener("mouseover", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row) show(row.id);
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  here = row.id;
  index = rows().indexOf(row);
  show(row.id);
});
map.addEventListener("map:hover", (event) => {
  for (const row of rows()) row.classList.toggle("hinted", event.detail.numbers.includes(row.id));
});
map.addEventListener("map:select", (event) => mark(document.getElementById(event.detail.number)));

// What arrives: swapped in place, the row that was being read stays where it was on the screen.
let before = null;
const isQueue = (event) => event.detail.target?.id === "queue";
const isBusy = () => boxes().some((box) => box.checked) || document.querySelector("dialog[open]") !== null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isQueue(event) || event.detail.xhr.status !== 200) return;
  if (isBusy()) { event.detail.shouldSwap = false; return; }
  const anchor = rows().find((row) => row.getBoundingClientRect().bottom > 80);
  before = {
    known: new Set(rows().map((row) => row.id)),
    anchor: anchor?.id,
    top: anchor?.getBoundingClientRect().top,
    focused: document.activeElement?.closest("[data-row]")?.id,
  };
});
// At the swap itself, before anything is painted: settling comes later, and the reader would see a jump.
document.addEventListener("htmx:afterSwap", () => {
  const anchor = before?.anchor && document.getElementById(before.anchor);
  if (anchor) scrollBy({ top: anchor.getBoundingClientRect().top - before.top, behavior: "instant" });
});
// Settling gives every row the classes of the answer: marks come after it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.closest?.("[data-row]") || event.detail.elt?.matches?.("[data-row]")) {
    mark(document.getElementById(here), false);
    count();
    return;
  }
  if (!before || !document.getElementById("queue")) return;
  const was = before;
  before = null;
  const fresh = rows().filter((row) => !was.known.has(row.id));
  for (const row of fresh) row.classList.add("arrived");
  if (fresh.length) {
    const first = fresh[0].querySelector("[data-main]").textContent.trim();
    arrived.textContent = `${arrived.dataset.words}${fresh.length} · ${first}`;
  }
  if (was.focused) mark(document.getElementById(was.focused) || rows()[Math.min(index, rows().length - 1)], false);
  count();
  map.dispatchEvent(new CustomEvent("map:redraw"));
});

// Keep my place: coming back finds page, scroll and row; a row that has left leaves its neighbour.
addEventListener("pagehide", () => sessionStorage.setItem(place, JSON.stringify({ y: scrollY, here, index })));
const kept = JSON.parse(sessionStorage.getItem(place) || "null");
const wanted = location.hash.slice(1) || "";
if (kept && (wanted || performance.getEntriesByType("navigation")[0]?.type !== "navigate")) {
  scrollTo(0, kept.y);
  index = kept.index;
}
if (wanted || (kept?.here && kept.y)) {
  mark(document.getElementById(wanted || kept.here) || rows()[Math.min(index, rows().length - 1)]);
}
count();
