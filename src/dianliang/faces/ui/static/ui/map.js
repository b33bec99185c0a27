// Maps that need no internet: the county is drawn from its own villages; tiles are an extra.
const COLOURS = { danger: "#a8261c", late: "#a8261c", soon: "#b06f00", open: "#12636b", done: "#6b7f80" };
const ROUTES = ["#12636b", "#a8471c", "#5b3fa0", "#1f7a34", "#b0276d", "#8a6d00", "#22509e", "#6e4a1e"];

function loadLeaflet(root) {
  if (window.L) return Promise.resolve(window.L);
  return new Promise((done, fail) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = root.dataset.leafletCss;
    const script = document.createElement("script");
    script.src = root.dataset.leafletJs;
    script.onload = () => done(window.L);
    script.onerror = fail;
    document.head.append(style, script);
  });
}

function hull(points) {
  const p = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const cross = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => list.reduce((out, q) => {
    while (out.length > 1 && cross(out.at(-2), out.at(-1), q) <= 0) out.pop();
    return [...out, q];
  }, []);
  return [...half(p).slice(0, -1), ...half(p.reverse()).slice(0, -1)];
}

async function basemap(L, map, root) {
  if (root.dataset.tiles) L.tileLayer(root.dataset.tiles, { maxZoom: 18 }).addTo(map);
  const county = await (await fetch(root.dataset.areas)).json();
  const villages = county.features.filter((f) => f.properties.level === "village");
  const at = (f) => [f.geometry.coordinates[1], f.geometry.coordinates[0]];
  const towns = county.features.filter((f) => f.properties.level === "township");
  for (const town of towns) {
    const own = villages.filter((v) => v.properties.parent === town.properties.code).map(at);
    if (own.length > 2) L.polygon(hull(own), { color: "#9db8ac", weight: 1, fillColor: "#cfe0d2", fillOpacity: 0.35, interactive: false }).addTo(map);
    L.marker(at(town), { interactive: false, keyboard: false, icon: L.divIcon({ className: "map-label", html: "", iconSize: null }) })
      .addTo(map).getElement().textContent = town.properties.name;
  }
  for (const v of villages) {
    L.circleMarker(at(v), { radius: 2, weight: 0, fillColor: "#7a9a8c", fillOpacity: 0.8, interactive: false }).addTo(map);
  }
  const bounds = L.latLngBounds(county.features.map(at));
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [10, 10] });
  return { villages, at };
}

function needs(L, map, root) {
  const layer = L.layerGroup().addTo(map);
  const source = document.getElementById(root.dataset.points);
  const draw = () => {
    layer.clearLayers();
    for (const point of JSON.parse(source.textContent || "[]")) {
      const mark = L.circleMarker([point.lat, point.lon], { radius: point.danger ? 10 : 7, weight: 2, color: "#fff", fillColor: COLOURS[point.tone] || COLOURS.open, fillOpacity: 0.95 });
      mark.bindTooltip(`${point.number} ${point.title}`);
      mark.on("click", () => root.dispatchEvent(new CustomEvent("map:select", { bubbles: true, detail: point })));
      layer.addLayer(mark);
    }
  };
  draw();
  return { draw };
}

function routes(L, map, root) {
  const lanes = JSON.parse(document.getElementById(root.dataset.routes).textContent || "[]");
  const seen = [];
  lanes.forEach((lane, i) => {
    const colour = ROUTES[i % ROUTES.length];
    const line = [lane.base, ...lane.stops.map((s) => [s.lat, s.lon]), lane.base];
    L.polyline(line, { color: colour, weight: 3, opacity: 0.7 }).addTo(map);
    for (const stop of lane.stops) {
      seen.push([stop.lat, stop.lon]);
      L.circleMarker([stop.lat, stop.lon], { radius: 8, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 1 })
        .bindTooltip(`${lane.name} ${stop.sequence}. ${stop.title} ${stop.time}`).addTo(map);
    }
  });
  if (seen.length) map.fitBounds(L.latLngBounds(seen), { padding: [24, 24] });
}

function pin(L, map, root, base) {
  const [lat, lon] = [document.getElementById("id_lat"), document.getElementById("id_lon")];
  const said = document.getElementById(root.dataset.said);
  let marker;
  const show = () => {
    const point = L.latLng(+lat.value, +lon.value);
    if (marker) marker.setLatLng(point);
    else marker = L.circleMarker(point, { radius: 11, color: "#fff", weight: 3, fillColor: "#e9a021", fillOpacity: 1 });
    marker.addTo(map);
    const near = base.villages.map((v) => [point.distanceTo(base.at(v)), v.properties.name]).sort((a, b) => a[0] - b[0])[0];
    if (near) said.textContent = `${root.dataset.nearWord}${near[1]}`;
    return point;
  };
  const put = (point) => {
    lat.value = point.lat.toFixed(6);
    lon.value = point.lng.toFixed(6);
    show();
    root.dispatchEvent(new CustomEvent("map:pinned"));
  };
  map.on("click", (event) => put(event.latlng));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    put(map.getCenter());
  });
  root.addEventListener("map:pin", () => map.setView(show(), 15));
  root.addEventListener("map:unpin", () => marker?.remove());
  if (lat.value && lon.value) map.setView(show(), 13);
}

export async function start(root) {
  const L = await loadLeaflet(root);
  const map = L.map(root, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5 });
  map.setView([30.63, 119.58], 10);
  const base = await basemap(L, map, root);
  if (root.dataset.points) root.addEventListener("map:redraw", needs(L, map, root).draw);
  if (root.dataset.routes) routes(L, map, root);
  if (root.dataset.said) pin(L, map, root, base);
  root.dataset.ready = "1";
}

for (const root of document.querySelectorAll(".map[data-areas]")) {
  if (root.closest("details:not([open])")) {
    root.closest("details").addEventListener("toggle", () => start(root), { once: true });
  } else start(root);
}
