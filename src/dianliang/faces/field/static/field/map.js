// The route on a map: our own dots and village names, so that it is there without a network.

import { h } from "./dom.js";
import { isOpen } from "./rules.js";
import { clock, gettext, setup } from "./words.js";

let library;

export function map(sheets, { day }) {
  const box = h("div.map", { role: "group", "aria-label": gettext("今天路线的地图") });
  load().then((L) => requestAnimationFrame(() => draw(L, box, sheets, day)));
  return box;
}

function load() {
  library ??= new Promise((resolve, reject) => {
    const [script, style] = setup.leaflet;
    document.head.append(h("link", { rel: "stylesheet", href: style }));
    const tag = h("script", { src: script });
    tag.addEventListener("load", () => resolve(globalThis.L));
    tag.addEventListener("error", reject);
    document.head.append(tag);
  });
  return library;
}

function draw(L, box, sheets, day) {
  const view = L.map(box, { attributionControl: Boolean(setup.tiles), zoomControl: false, preferCanvas: true });
  L.control.zoom({ zoomInTitle: gettext("放大"), zoomOutTitle: gettext("缩小") }).addTo(view);
  if (setup.tiles) L.tileLayer(setup.tiles, { maxZoom: 18 }).addTo(view);
  const stops = sheets.map(({ stop }) => [stop.lat, stop.lon]);
  const bases = day.teams.map((team) => [team.base_lat, team.base_lon]);
  view.fitBounds([...stops, ...bases], { padding: [36, 36], maxZoom: 15 });
  for (const place of day.places) name(L, place).addTo(view);
  for (const team of day.teams) {
    const own = sheets.filter(({ stop }) => stop.team_code === team.code);
    const path = [[team.base_lat, team.base_lon], ...own.map(({ stop }) => [stop.lat, stop.lon])];
    L.polyline(path, { color: "#12636b", weight: 4, opacity: 0.55, dashArray: "2 8", lineCap: "round" }).addTo(view);
    pin(L, path[0], "pin base", "◆", `${team.name} ${gettext("驻地")}`).addTo(view);
  }
  for (const { stop, status } of sheets) {
    const kind = isOpen(status) ? "pin" : "pin over";
    const title = `${stop.sequence} ${clock(stop.arrive_at)} ${stop.title}`;
    pin(L, [stop.lat, stop.lon], kind, stop.sequence, title)
      .on("click", () => (location.hash = `#/visit/${stop.number}`))
      .addTo(view);
  }
}

function pin(L, at, kind, words, title) {
  const icon = L.divIcon({ className: kind, html: h("span", {}, String(words)), iconSize: [36, 36] });
  return L.marker(at, { icon, title, alt: title, keyboard: true });
}

function name(L, place) {
  const icon = L.divIcon({ className: "place", html: h("span", {}, place.name), iconSize: [0, 0] });
  return L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false });
}
