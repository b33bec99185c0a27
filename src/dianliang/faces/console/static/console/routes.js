// The routes in force: crews where their work has brought them, lines to what comes next, a point for each place,
// and work along lines: grey what is left, green what is done, and each crew's parts.
const COLOURS = { late: "#a8261c", busy: "#b06f00", next: "#12636b", done: "#6b9f7a", failed: "#5b3fa0" };
const CHOSEN = "#e9a021";
const LEFT = "#7a7f85";
const EVERY_MS = 30000;

/** Words as a node: Leaflet takes a text for HTML, and people write what they like. */
function said(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

/** Where a crew is and goes to next. */
const way = (crew) => [crew.at, ...crew.next.map(([lat, lon]) => [lat, lon])];

function draw(L, map, root) {
  const layer = L.layerGroup().addTo(map);
  const halo = L.circleMarker([0, 0], { radius: 15, weight: 4, color: CHOSEN, fill: false, interactive: false });
  const panel = document.getElementById("crew-panel");
  const leftOff = document.getElementById("left-off");
  let found = { crews: [], points: [], tones: [], lines: [], parts: [], left_off: 0 };
  let chosen = root.dataset.chosen;

  const put = () => {
    layer.clearLayers();
    for (const line of found.lines) {
      L.polyline(line.way, { color: LEFT, weight: 6, opacity: 0.55 }).bindTooltip(said(line.title)).addTo(layer);
      for (const done of line.done) L.polyline(done, { color: COLOURS.done, weight: 6 }).bindTooltip(said(line.title)).addTo(layer);
    }
    for (const [tone, crew, part] of found.parts) {
      const own = found.crews[crew];
      const is = own.code === chosen;
      const look = { color: is ? CHOSEN : COLOURS[found.tones[tone]], weight: is ? 8 : 4, opacity: chosen && !is ? 0.3 : 0.9 };
      L.polyline(part, look).bindTooltip(said(own.name)).on("click", () => show(own.code, true)).addTo(layer);
    }
    for (const [tone, crew, lat, lon] of found.points) {
      const own = found.crews[crew];
      const colour = COLOURS[found.tones[tone]];
      const away = chosen && own.code !== chosen;
      L.circleMarker([lat, lon], { radius: away ? 2 : 4, weight: 0, fillColor: colour, fillOpacity: away ? 0.35 : 0.85 })
        .on("click", () => show(own.code, true)).addTo(layer);
    }
    for (const crew of found.crews) {
      const is = crew.code === chosen;
      const line = way(crew);
      const look = { color: is ? CHOSEN : COLOURS[crew.tone], weight: is ? 5 : 2, opacity: chosen && !is ? 0.25 : 0.75 };
      if (line.length > 1) L.polyline(line, look).on("click", () => show(crew.code, true)).addTo(layer);
      if (is) {
        for (const [lat, lon, tone, words] of crew.next) {
          L.circleMarker([lat, lon], { radius: 8, weight: 2, color: "#fff", fillColor: COLOURS[tone], fillOpacity: 1 })
            .bindTooltip(said(words)).addTo(layer);
        }
      }
      const [lat, lon] = crew.at;
      const side = is ? 9 : 6;
      const at = map.latLngToLayerPoint([lat, lon]);
      const corners = [[-side, -side], [side, -side], [side, side], [-side, side]].map(([x, y]) => map.layerPointToLatLng(at.add([x, y])));
      L.polygon(corners, { color: is ? CHOSEN : "#fff", weight: is ? 3 : 1.5, fillColor: COLOURS[crew.tone], fillOpacity: 1 })
        .bindTooltip(said(crew.name)).on("click", () => show(crew.code, true)).addTo(layer);
    }
    leftOff.textContent = found.left_off ? leftOff.dataset.words.replace("N", found.left_off) : "";
    Object.assign(root.dataset, { crews: found.crews.length, points: found.points.length, lines: found.lines.length, parts: found.parts.length, chosen });
  };

  const fit = (places) => {
    const bounds = L.latLngBounds(places);
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [40, 40], maxZoom: 14, animate: false });
  };

  async function fetched() {
    const answer = await fetch(root.dataset.drawn);
    if (!answer.ok) return;
    found = await answer.json();
    put();
  }

  async function show(code, fromMap) {
    chosen = code;
    halo.remove();
    const answer = await fetch(root.dataset.crewUrl.replace("CODE", encodeURIComponent(code)));
    if (!answer.ok) return;
    panel.innerHTML = await answer.text(); // our own page: the template has escaped what people wrote
    for (const row of document.querySelectorAll("[data-row]")) row.classList.toggle("lit", row.dataset.row === code);
    put();
    const crew = found.crews.find((one) => one.code === code);
    if (crew) fit(way(crew));
    panel.firstElementChild.focus({ preventScroll: true });
    (fromMap ? panel : root).scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  document.addEventListener("click", (event) => {
    const crew = event.target.closest("[data-show]");
    if (crew && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      show(crew.dataset.show, false);
    }
    const place = event.target.closest("[data-at]");
    if (!place) return;
    const at = place.dataset.at.split(",").map(Number);
    halo.setLatLng(at).addTo(map);
    map.setView(at, Math.max(map.getZoom(), 13), { animate: false });
    root.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  map.on("zoomend", put);
  fetched().then(() => {
    const crew = found.crews.find((one) => one.code === chosen);
    fit((crew ? [crew] : found.crews).flatMap(way));
  });
  setInterval(() => { if (!document.hidden) fetched(); }, EVERY_MS);
}

for (const root of document.querySelectorAll("#routes-map")) {
  root.addEventListener("map:ready", ({ detail: { L, map } }) => draw(L, map, root), { once: true });
}
