// Show zones on the latest picture of a camera.

import { polygons } from "./zone-shapes.js";

for (const svg of document.querySelectorAll("[data-show-zones]")) {
  const zones = JSON.parse(document.getElementById(svg.dataset.showZones).textContent);
  svg.replaceChildren(...polygons(zones));
}
