// Zones as shapes: corners are shares of the picture, 0 to 1.

const SVG = "http://www.w3.org/2000/svg";

export const text = (corners) => corners.map(([x, y]) => `${x},${y}`).join(" ");

/** Return a polygon for each zone, a line for one that is not finished; `here` is the chosen one. */
export function polygons(zones, here = -1) {
  return zones.map((zone, place) => {
    const shape = document.createElementNS(SVG, zone.corners.length < 3 ? "polyline" : "polygon");
    shape.setAttribute("points", text(zone.corners));
    shape.setAttribute("class", `zone ${zone.kind}${place === here ? " here" : ""}`);
    return shape;
  });
}

/** Return a place inside the picture, with as many decimals as are kept. */
export const inside = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;

/** Return the corners with one more in the middle of the longest side. */
export function withCorner(corners) {
  const sides = corners.map(([x, y], place) => {
    const [u, v] = corners[(place + 1) % corners.length];
    return { place, length: Math.hypot(u - x, v - y), middle: [inside((x + u) / 2), inside((y + v) / 2)] };
  });
  const longest = sides.reduce((a, b) => (b.length > a.length ? b : a));
  return { corners: corners.toSpliced(longest.place + 1, 0, longest.middle), place: longest.place + 1 };
}
