// The teams of a live board on its map. The list is fetched anew every few seconds; the map stays.
const COLOURS = { ARRIVED: "#1f7a34", EN_ROUTE: "#b06f00", ACCEPTED: "#12636b", SCHEDULED: "#12636b" };
const OLD = "#8a9896";
const IDLE = "#53696b";

/** Words as a node: Leaflet takes a text for HTML, and people write what they like. */
function said(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

const marks = () => JSON.parse(document.getElementById("live-marks")?.textContent ?? "[]");

function draw(L, map, root) {
  const layer = L.layerGroup().addTo(map);
  const track = L.polyline([], { color: "#5b3fa0", weight: 3, dashArray: "2 6", interactive: false }).addTo(map);
  const put = () => {
    layer.clearLayers();
    for (const mark of marks()) {
      const fillColor = mark.old ? OLD : COLOURS[mark.state] ?? IDLE;
      L.circleMarker([mark.lat, mark.lon], { radius: 8, weight: 2, color: "#fff", fillColor, fillOpacity: mark.old ? 0.6 : 0.95 })
        .bindTooltip(said(mark.title), { permanent: marks().length <= 12, direction: "top", offset: [0, -6] })
        .addTo(layer);
    }
    root.dataset.marks = layer.getLayers().length;
  };
  put();
  const bounds = L.latLngBounds(marks().map((mark) => [mark.lat, mark.lon]));
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [40, 40], maxZoom: 13, animate: false });
  document.addEventListener("htmx:afterSettle", put);
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-track]");
    if (!button) return;
    const answer = await fetch(root.dataset.tracks.replace("CODE", encodeURIComponent(button.dataset.track)));
    if (!answer.ok) return;
    const { points } = await answer.json();
    track.setLatLngs(points);
    root.dataset.track = points.length;
    if (points.length) map.fitBounds(track.getBounds(), { padding: [40, 40], maxZoom: 14 });
    root.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
}

for (const root of document.querySelectorAll("#live-map")) {
  root.addEventListener("map:ready", ({ detail: { L, map } }) => draw(L, map, root), { once: true });
}
