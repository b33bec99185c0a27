// The route on a map: our own dots and village names, so that it is there without a network.

import { h } from "./dom.js";
import { isOpen } from "./rules.js";
import { clock, gettext, setup } from "./words.js";

const ROUTE = { color: "#e9a021", weight: 4, opacity: 0.9, dashArray: "1 8", lineCap: "round" };
const GROUND_M = 3000; // around each village: together they are the county, with its own outline
const LAND = { pane: "ground", stroke: false, fillOpacity: 1, interactive: false };
const DOT = { radius: 2.5, stroke: false, fillColor: "#7a9a8c", fillOpacity: 0.9, interactive: false };
const CHARACTER_PX = 14;
const LINE_PX = 20;

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
  const hasTiles = Boolean(setup.tiles);
  const view = L.map(box, { attributionControl: hasTiles, zoomControl: false, preferCanvas: true, zoomSnap: 0.25 });
  L.control.zoom({ zoomInTitle: gettext("放大"), zoomOutTitle: gettext("缩小") }).addTo(view);
  if (hasTiles) L.tileLayer(setup.tiles, { maxZoom: 18 }).addTo(view);
  const stops = sheets.map(({ stop }) => [stop.lat, stop.lon]);
  const bases = day.teams.map((team) => [team.base_lat, team.base_lon]);
  view.fitBounds([...stops, ...bases], { padding: [32, 32], maxZoom: 15 });
  if (!hasTiles) {
    ground(L, view, day.ground, getComputedStyle(box));
    names(L, view, day.places, [...stops, ...bases]);
  }
  for (const team of day.teams) {
    const own = sheets.filter(({ stop }) => stop.team_code === team.code);
    const path = [[team.base_lat, team.base_lon], ...own.map(({ stop }) => [stop.lat, stop.lon])];
    L.polyline(path, ROUTE).addTo(view);
    pin(L, path[0], "pin base", "◆", team.name + " " + gettext("驻地")).addTo(view);
  }
  for (const { stop, status } of sheets) {
    const title = `${stop.sequence} ${clock(stop.arrive_at)} ${stop.title}`;
    pin(L, [stop.lat, stop.lon], isOpen(status) ? "pin" : "pin over", stop.sequence, title)
      .on("click", () => (location.hash = `#/visit/${stop.number}`))
      .addTo(view);
  }
}

function ground(L, view, points, style) {
  view.createPane("ground").classList.add("ground");
  const land = { ...LAND, fillColor: style.getPropertyValue("--map-land") };
  const edge = { ...LAND, fillColor: style.getPropertyValue("--map-edge") };
  for (const at of points) L.circle(at, { ...edge, radius: GROUND_M + 150 }).addTo(view);
  for (const at of points) L.circle(at, { ...land, radius: GROUND_M }).addTo(view);
}

// Every village is a dot; a name is written where it covers neither another name nor a stop.
function names(L, view, places, stops) {
  for (const place of places) L.circleMarker([place.lat, place.lon], DOT).addTo(view);
  const pane = view.createPane("names");
  pane.classList.add("names");
  const layer = L.layerGroup().addTo(view);
  const write = () => {
    layer.clearLayers();
    const taken = stops.map((at) => around(view.latLngToContainerPoint(at), 36, 36));
    for (const place of places) {
      const words = place.name.replace(/村(民委员会|委会)$/, "村").replace(/居(民委员会|委会)$/, "");
      const at = view.latLngToContainerPoint([place.lat, place.lon]);
      const room = around({ x: at.x, y: at.y + 12 }, words.length * CHARACTER_PX, LINE_PX);
      if (taken.some((other) => overlap(room, other))) continue;
      taken.push(room);
      const icon = L.divIcon({ className: "place", html: h("span", {}, words), iconSize: [0, 0] });
      L.marker([place.lat, place.lon], { icon, pane: "names", interactive: false, keyboard: false }).addTo(layer);
    }
  };
  view.on("zoomend", write);
  write();
}

function around({ x, y }, width, height) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function pin(L, at, kind, words, title) {
  const icon = L.divIcon({ className: kind, html: h("span", {}, String(words)), iconSize: [36, 36] });
  return L.marker(at, { icon, title, alt: title, keyboard: true });
}
