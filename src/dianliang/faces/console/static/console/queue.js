// The queue by keyboard, and list and map telling each other what is selected.
const rows = [...document.querySelectorAll("[data-row]")];
let here = rows.findIndex((row) => `#${row.id}` === location.hash);

function go(next) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, next));
  rows[here].classList.add("here");
  rows[here].scrollIntoView({ block: "nearest" });
  rows[here].querySelector("[data-main]").focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) return;
  if (event.key === "j") go(here + 1);
  else if (event.key === "k") go(here - 1);
  else if (event.key === "x" && rows[here]) rows[here].querySelector("input[type=checkbox]").click();
  else return;
  event.preventDefault();
});

document.addEventListener("map:select", (event) => {
  go(rows.findIndex((row) => row.id === event.detail.number));
});

// Keep my place: coming back to the list finds it where it was left.
const key = `place:${location.pathname}${location.search}`;
addEventListener("pagehide", () => sessionStorage.setItem(key, String(scrollY)));
if (here >= 0) go(here);
else if (sessionStorage.getItem(key)) scrollTo(0, Number(sessionStorage.getItem(key)));
