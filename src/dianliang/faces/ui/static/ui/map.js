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
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [10, 10], animate: false });
  return { villages, at };
}

const RANK = ["danger", "late", "soon", "open", "done"];
const NEAR_PX = 24;

// Marks that would cover each other become one with their number on it.
function clusters(map, points) {
  const made = [];
  for (const point of points) {
    const at = map.latLngToLayerPoint([point.lat, point.lon]);
    const near = made.find((c) => c.at.distanceTo(at) < NEAR_PX);
    if (near) near.points.push(point);
    else made.push({ at, points: [point] });
  }
  return made;
}

const tell = (root, name, detail) => root.dispatchEvent(new CustomEvent(name, { detail }));

/** Words as a node: Leaflet takes a text for HTML, and people write what they like. */
function said(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

function choices(root, points) {
  const list = document.createElement("ul");
  list.className = "plain map-choices";
  for (const point of points) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = `${point.number} ${point.title}`;
    button.addEventListener("click", () => tell(root, "map:select", point));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  return list;
}

function single(L, root, point) {
  return L.circleMarker([point.lat, point.lon], {
    radius: point.tone === "danger" ? 10 : 7,
    weight: point.exact ? 2 : 2.5,
    color: point.exact ? "#fff" : "#37474a",
    dashArray: point.exact ? null : "3 3",
    fillColor: COLOURS[point.tone] || COLOURS.open,
    fillOpacity: point.exact ? 0.95 : 0.6,
  }).bindTooltip(said(`${point.number} ${point.title}${point.area ? ` · ${point.area}` : ""}`))
    .on("click", () => tell(root, "map:select", point));
}

function several(L, map, root, points) {
  const tone = RANK.find((name) => points.some((point) => point.tone === name)) || "open";
  const bounds = L.latLngBounds(points.map((point) => [point.lat, point.lon]));
  const mark = L.marker(bounds.getCenter(), { keyboard: false, icon: L.divIcon({ className: `map-cluster ${tone}`, html: "", iconSize: [30, 30] }) });
  mark.on("add", () => { mark.getElement().textContent = points.length; });
  mark.on("click", () => {
    const zoom = Math.min(16, map.getBoundsZoom(bounds, false, L.point(60, 60)));
    if (zoom > map.getZoom() && bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 50) map.setView(bounds.getCenter(), zoom);
    else L.popup().setLatLng(bounds.getCenter()).setContent(choices(root, points)).openOn(map);
  });
  return mark;
}

function needs(L, map, root) {
  const layer = L.layerGroup().addTo(map);
  const halo = L.circleMarker([0, 0], { radius: 17, weight: 4, color: "#e9a021", fillColor: "#e9a021", fillOpacity: 0.25, interactive: false });
  let points = [];
  const place = () => {
    layer.clearLayers();
    for (const { points: own } of clusters(map, points)) {
      const mark = own.length > 1 ? several(L, map, root, own) : single(L, root, own[0]);
      mark.on("mouseover", () => tell(root, "map:hover", { numbers: own.map((point) => point.number) }));
      mark.on("mouseout", () => tell(root, "map:hover", { numbers: [] }));
      layer.addLayer(mark);
    }
    root.dataset.marks = layer.getLayers().length;
  };
  const draw = () => {
    points = JSON.parse(document.getElementById(root.dataset.points).textContent || "[]");
    place();
  };
  const highlight = ({ number, move }) => {
    const point = points.find((one) => one.number === number);
    root.dataset.shown = point ? number : "";
    if (!point) { halo.remove(); return; }
    halo.setLatLng([point.lat, point.lon]).addTo(map);
    if (move) map.setView([point.lat, point.lon], Math.max(map.getZoom(), 13), { animate: false });
    else map.panInside([point.lat, point.lon], { padding: [40, 40] });
  };
  map.on("zoomend", place);
  root.addEventListener("map:highlight", (event) => highlight(event.detail));
  draw();
  return { draw };
}

function routes(L, map, root) {
  const { lanes, left } = JSON.parse(document.getElementById(root.dataset.routes).textContent);
  const marks = new Map();
  const drawn = new Map();
  const choose = (job) => () => root.dispatchEvent(new CustomEvent("map:select", { detail: { job } }));
  lanes.forEach((lane, i) => {
    const colour = ROUTES[i % ROUTES.length];
    const line = [lane.base, ...lane.stops.map((s) => [s.lat, s.lon]), lane.base];
    const group = L.featureGroup([L.polyline(line, { color: colour, weight: 3, opacity: 0.7 })]).addTo(map);
    for (const stop of lane.stops) {
      const look = { radius: 8, color: stop.late ? COLOURS.late : "#fff", weight: stop.late ? 3 : 1.5, fillColor: colour, fillOpacity: 1 };
      const mark = L.circleMarker([stop.lat, stop.lon], look).bindTooltip(said(`${lane.name} ${stop.sequence}. ${stop.title} ${stop.time}`));
      marks.set(stop.job, { mark: mark.on("click", choose(stop.job)).addTo(group), look });
    }
    drawn.set(lane.key, group);
  });
  for (const job of left) {
    const look = { radius: 7, color: COLOURS.late, weight: 2, dashArray: "3 3", fillColor: "#fff", fillOpacity: 0.6 };
    const mark = L.circleMarker([job.lat, job.lon], look).bindTooltip(said(job.title)).on("click", choose(job.job)).addTo(map);
    marks.set(job.job, { mark, look });
  }
  const seen = [...marks.values()].map(({ mark }) => mark.getLatLng());
  const whole = () => seen.length && map.fitBounds(L.latLngBounds(seen), { padding: [24, 24] });
  whole();
  let lit;
  root.addEventListener("map:highlight", (event) => {
    lit?.mark.setStyle(lit.look).setRadius(lit.look.radius).closeTooltip();
    lit = marks.get(event.detail.job);
    lit?.mark.setStyle({ color: "#e9a021", weight: 4 }).setRadius(12).bringToFront().openTooltip();
    if (lit && !map.getBounds().contains(lit.mark.getLatLng())) map.panTo(lit.mark.getLatLng());
  });
  root.addEventListener("map:lane", (event) => {
    for (const [key, group] of drawn) group[!event.detail.key || key === event.detail.key ? "addTo" : "removeFrom"](map);
    const one = drawn.get(event.detail.key);
    if (one) map.fitBounds(one.getBounds(), { padding: [24, 24] });
    else whole();
  });
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
    if (event.key !== "Enter" || event.target !== root) return; // not on its buttons
    event.preventDefault();
    put(map.getCenter());
  });
  root.addEventListener("map:pin", () => map.setView(show(), 15));
  root.addEventListener("map:unpin", () => marker?.remove());
  if (lat.value && lon.value) map.setView(show(), 13);
}

// A road that is cut: a line through the points that were pressed, or a circle of two of them.
function cut(L, map, root) {
  const form = root.closest("form");
  const kept = form.elements.cut_points;
  const said = document.getElementById(root.dataset.cut);
  const layer = L.layerGroup().addTo(map);
  const look = { color: COLOURS.danger, weight: 4, fillColor: COLOURS.danger, fillOpacity: 0.2, interactive: false };
  let points = kept.value ? kept.value.split(";").map((pair) => pair.split(",").map(Number)) : [];
  const isCircle = () => form.elements.cut_shape.value === "circle";
  const draw = () => {
    if (isCircle()) points = points.slice(0, 2);
    layer.clearLayers();
    for (const point of points) L.circleMarker(point, { ...look, radius: 6 }).addTo(layer);
    if (points.length > 1) {
      const shape = isCircle() ? L.circle(points[0], { ...look, radius: map.distance(...points) }) : L.polyline(points, look);
      shape.addTo(layer);
    }
    kept.value = points.length > 1 ? points.map((point) => point.map((x) => x.toFixed(6)).join(",")).join(";") : "";
    said.textContent = isCircle() ? said.dataset.circle : said.dataset.line;
    root.dataset.pressed = points.length;
  };
  const put = ({ lat, lng }) => {
    if (isCircle() && points.length > 1) points = [];
    points.push([lat, lng]);
    draw();
  };
  map.on("click", (event) => put(event.latlng));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== root) return; // not on its buttons
    event.preventDefault();
    put(map.getCenter());
  });
  form.addEventListener("change", (event) => { if (event.target.name === "cut_shape") draw(); });
  form.querySelector("[data-clear-cut]").addEventListener("click", () => { points = []; draw(); });
  draw();
}

export async function start(root) {
  const L = await loadLeaflet(root);
  const map = L.map(root, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5 });
  map.setView([30.63, 119.58], 10);
  const base = await basemap(L, map, root);
  if (root.dataset.points) root.addEventListener("map:redraw", needs(L, map, root).draw);
  if (root.dataset.routes) routes(L, map, root);
  if (root.dataset.said) pin(L, map, root, base);
  if (root.dataset.cut) cut(L, map, root);
  root.dataset.ready = "1";
  root.dispatchEvent(new CustomEvent("map:ready", { detail: { L, map } }));
}

for (const root of document.querySelectorAll(".map[data-areas]")) {
  if (root.closest("details:not([open])")) {
    root.closest("details").addEventListener("toggle", () => start(root), { once: true });
  } else start(root);
}
