// Layers of shapes on a map, each with a box that shows or hides it; and shapes drawn by hand.
const COLOURS = { danger: "#a8261c", late: "#8a2f6b", soon: "#b06f00", open: "#12636b", done: "#53696b" };
const CIRCLE = "圆";

/** Words as a node: Leaflet takes a text for HTML, and people write what they like. */
function said(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

function drawn(L, shape, colour) {
  const look = { color: colour, weight: 2, fillColor: colour, fillOpacity: 0.12 };
  if (shape.type === "polygon") return L.polygon(shape.ring, look);
  if (shape.type === "circle") return L.circle(shape.at, { ...look, radius: shape.radius_m });
  return L.circleMarker(shape.at, { radius: 6, weight: 1.5, color: "#fff", fillColor: colour, fillOpacity: 0.95 });
}

function layers(L, map, root) {
  const boxes = document.querySelectorAll(`[data-layer-of="${root.id}"]`);
  const bounds = L.latLngBounds([]);
  let shapes = 0;
  for (const layer of JSON.parse(document.getElementById(root.dataset.layers).textContent)) {
    const group = L.featureGroup();
    for (const shape of layer.shapes) {
      const mark = drawn(L, shape, COLOURS[layer.tone] || COLOURS.open);
      if (shape.title) mark.bindTooltip(said(shape.title));
      mark.addTo(group);
    }
    const box = [...boxes].find((one) => one.value === layer.code);
    const show = () => (!box || box.checked ? group.addTo(map) : group.remove());
    box?.addEventListener("change", show);
    show();
    shapes += layer.shapes.length;
    if (layer.shapes.length) bounds.extend(group.getBounds());
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [20, 20], maxZoom: 13, animate: false });
  root.dataset.shapes = shapes;
}

const written = ({ lat, lng }) => `${lat.toFixed(5)},${lng.toFixed(5)}`;
const point = (words) => words.split(",").map(Number);

/** One line of the field as a shape: `圆 纬度,经度 半径km`, or the corners of a polygon. */
function parsed(L, line, look, isLine) {
  const words = line.trim().split(/\s+/);
  if (isLine) return L.polyline(words.map(point), { ...look, fill: false });
  if (words[0] === CIRCLE) return L.circle(point(words[1] || ""), { ...look, radius: 1000 * Number(words[2]) });
  return L.polygon(words.map(point), look);
}

function drawing(L, map, root) {
  const field = document.getElementById(root.dataset.draw);
  const tools = document.getElementById(root.dataset.tools);
  const look = { color: COLOURS.danger, weight: 2, fillColor: COLOURS.danger, fillOpacity: 0.15, interactive: false };
  const kept = L.layerGroup().addTo(map);
  const fresh = L.layerGroup().addTo(map);
  const isLine = root.dataset.shape === "line";
  let points = [];
  const mode = () => tools.querySelector("input[name=draw_shape]:checked")?.value;
  const draw = () => {
    kept.clearLayers();
    fresh.clearLayers();
    for (const line of field.value.split("\n").filter((text) => text.trim())) {
      try { parsed(L, line, look, isLine).addTo(kept); } catch { /* the server says what is wrong with it */ }
    }
    for (const one of points) L.circleMarker(one, { ...look, radius: 5 }).addTo(fresh);
    if (points.length > 1) L.polyline(points, look).addTo(fresh);
    root.dataset.drawn = kept.getLayers().length;
  };
  const keep = (line) => {
    field.value = [field.value.trim(), line].filter(Boolean).join("\n");
    points = [];
    draw();
  };
  const put = (at) => {
    points.push(at);
    if (mode() === "circle" && points.length === 2) {
      keep(`${CIRCLE} ${written(points[0])} ${(map.distance(...points) / 1000).toFixed(2)}`);
    } else draw();
  };
  map.on("click", (event) => put(event.latlng));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== root) return; // not on its buttons
    event.preventDefault();
    put(map.getCenter());
  });
  tools.addEventListener("click", ({ target }) => {
    if (target.matches("[data-draw-end]") && points.length > (isLine ? 1 : 2)) keep(points.map(written).join(" "));
    if (target.matches("[data-draw-back]")) { points.pop(); draw(); }
    if (target.matches("[data-draw-clear]")) { points = []; field.value = ""; draw(); }
  });
  tools.addEventListener("change", () => { points = []; draw(); });
  field.addEventListener("input", draw);
  draw();
}

for (const root of document.querySelectorAll(".map[data-layers], .map[data-draw]")) {
  root.addEventListener("map:ready", ({ detail: { L, map } }) => {
    if (root.dataset.layers) layers(L, map, root);
    if (root.dataset.draw) drawing(L, map, root);
  }, { once: true });
}
