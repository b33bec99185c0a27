// Where: a village found by typing its name, its pinyin or first letters; one's own position; a pin.
const LAST = "dianliang.village";
const form = document.getElementById("need-form");
const select = document.querySelector("[data-villages]");
const said = document.getElementById("pin-said");
const lat = document.getElementById("id_lat");
const lon = document.getElementById("id_lon");
const map = document.querySelector("#pin-map .map");
const changed = () => form.dispatchEvent(new CustomEvent("place:changed"));

const places = [...select.options].filter((option) => option.value).map((option) => ({
  code: option.value,
  name: option.textContent,
  town: option.parentElement.label || "",
  keys: option.dataset.keys,
}));

const box = document.createElement("div");
box.className = "combo";
const input = document.createElement("input");
const list = document.createElement("ul");
const clear = document.createElement("button");
Object.assign(input, { id: "village", type: "text", autocomplete: "off", placeholder: select.dataset.placeholder, enterKeyHint: "done" });
for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "villages", "aria-autocomplete": "list", "aria-describedby": "village-said" })) input.setAttribute(name, value);
Object.assign(list, { id: "villages", hidden: true });
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", form.querySelector('label[for="id_area_code"]').textContent);
Object.assign(clear, { type: "button", className: "clear", textContent: "×" });
clear.setAttribute("aria-label", select.dataset.clear);
form.querySelector('label[for="id_area_code"]').htmlFor = "village";
select.hidden = true;
box.append(input, clear, list);
select.after(box);

let shown = [];
let at = -1;

// Better matches first: the name begins so, its letters do, it only holds them, the township does.
function rank(place, asked) {
  const [whole, initials] = place.keys.split(" ");
  if (place.name.startsWith(asked)) return 0;
  if (whole.startsWith(asked) || initials.startsWith(asked)) return 1;
  if (place.name.includes(asked) || whole.includes(asked)) return 2;
  if (place.town.includes(asked)) return 3;
  return null;
}

function matches(raw) {
  const asked = raw.trim().toLowerCase().replace(/['’\s]/g, "");
  if (!asked) return places;
  return places.map((place) => [rank(place, asked), place]).filter(([score]) => score !== null)
    .sort((a, b) => a[0] - b[0]).map(([, place]) => place);
}

function draw(open) {
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) { input.removeAttribute("aria-activedescendant"); return; }
  list.replaceChildren(...shown.map((place, i) => {
    const line = document.createElement("li");
    line.id = `village-${i}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(i === at));
    line.dataset.code = place.code;
    const town = document.createElement("small");
    town.textContent = place.town === place.name ? "" : place.town;
    line.append(place.name, town);
    return line;
  }));
  if (!shown.length) {
    const line = document.createElement("li");
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = select.dataset.none;
    list.append(line);
  }
  if (at >= 0) {
    input.setAttribute("aria-activedescendant", `village-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

function choose(code, { quietly = false } = {}) {
  const place = places.find((one) => one.code === code);
  select.value = place ? code : "";
  input.value = place ? place.name : "";
  clear.hidden = !place;
  draw(false);
  if (quietly) return;
  try {
    if (place) localStorage.setItem(LAST, code);
    else localStorage.removeItem(LAST);
  } catch { /* private mode */ }
  changed();
}

function open() {
  shown = matches(input.value);
  at = input.value.trim() && shown.length ? 0 : -1;
  draw(true);
}
input.addEventListener("input", () => { select.value = ""; clear.hidden = !input.value; open(); });
input.addEventListener("focus", () => { input.select(); shown = places; at = -1; draw(true); });
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) return open();
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length);
    draw(true);
  } else if (event.key === "Enter" && !list.hidden) {
    event.preventDefault();
    if (shown[at]) choose(shown[at].code);
  } else if (event.key === "Escape") draw(false);
});
list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const line = event.target.closest("[data-code]");
  if (line) choose(line.dataset.code);
});
input.addEventListener("blur", () => {
  draw(false);
  if (select.value || !input.value.trim()) return;
  const found = matches(input.value);
  if (found.length === 1 || found[0]?.name === input.value.trim()) choose(found[0].code);
});
clear.addEventListener("click", () => { choose(""); input.focus(); });

let last = "";
try { last = localStorage.getItem(LAST) || ""; } catch { /* private mode */ }
if (select.value) choose(select.value, { quietly: true });
else if (last && places.some((place) => place.code === last)) {
  choose(last, { quietly: true });
  document.getElementById("village-said").textContent = select.dataset.last;
} else clear.hidden = true;

form.addEventListener("click", (event) => {
  const said = event.target.closest("[data-choose]");
  if (said) choose(said.dataset.choose);
});

const unpin = document.getElementById("unpin");
const pinned = () => { unpin.hidden = !lat.value; };
map.addEventListener("map:pinned", () => { pinned(); changed(); });
unpin.addEventListener("click", () => {
  lat.value = lon.value = "";
  said.textContent = "";
  map.dispatchEvent(new CustomEvent("map:unpin"));
  pinned();
  changed();
});
pinned();

const locate = document.getElementById("locate");
if (navigator.geolocation) {
  locate.hidden = false;
  locate.addEventListener("click", () => {
    said.textContent = locate.dataset.waiting;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      lat.value = coords.latitude.toFixed(6);
      lon.value = coords.longitude.toFixed(6);
      said.textContent = "";
      choose("", { quietly: true });
      document.getElementById("pin-map").open = true;
      map.dispatchEvent(new CustomEvent("map:pin"));
      pinned();
      changed();
    }, () => { said.textContent = locate.dataset.denied; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
}
if (matchMedia("(min-width: 64rem)").matches) document.getElementById("pin-map").open = true;
