// Where: a village found by typing its name, its pinyin or first letters; one's own position; a pin.
import { picker } from "../ui/villages.js";

const LAST = "dianliang.village";
const form = document.getElementById("need-form");
const select = document.querySelector("[data-villages]");
const said = document.getElementById("pin-said");
const lat = document.getElementById("id_lat");
const lon = document.getElementById("id_lon");
const map = document.querySelector("#pin-map .map");
const changed = () => form.dispatchEvent(new CustomEvent("place:changed"));

const village = picker(select);
select.addEventListener("change", () => {
  try {
    if (select.value) localStorage.setItem(LAST, select.value);
    else localStorage.removeItem(LAST);
  } catch { /* private mode */ }
  changed();
});

let last = "";
try { last = localStorage.getItem(LAST) || ""; } catch { /* private mode */ }
if (!select.value && village.has(last)) {
  village.choose(last);
  document.getElementById("village-said").textContent = select.dataset.last;
}

form.addEventListener("click", (event) => {
  const said = event.target.closest("[data-choose]");
  if (said) village.set(said.dataset.choose);
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
      village.choose("");
      document.getElementById("pin-map").open = true;
      map.dispatchEvent(new CustomEvent("map:pin"));
      pinned();
      changed();
    }, () => { said.textContent = locate.dataset.denied; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
}
if (matchMedia("(min-width: 64rem)").matches) document.getElementById("pin-map").open = true;
