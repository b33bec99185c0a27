// Draw zones on the picture of a camera: by mouse, by finger, by keyboard. What is sent is JSON.

import { inside, polygons, withCorner } from "./zone-shapes.js";

const STEP = 0.01;
const STRIDE = 0.05;
const LEAST = 3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const BOX = [[0.3, 0.5], [0.7, 0.5], [0.7, 0.9], [0.3, 0.9]];

const form = document.querySelector("[data-draw-zones]");
const stage = form.querySelector("[data-stage]");
const svg = stage.querySelector("svg");
const handles = stage.querySelector(".zone-handles");
const said = form.querySelector("[data-said]");
const words = JSON.parse(document.getElementById(form.dataset.words).textContent);
const field = Object.fromEntries([...form.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one]));
const kept = form.elements.zones.value || document.getElementById(form.dataset.drawZones).textContent;
const zones = JSON.parse(kept);
let here = zones.length ? 0 : -1;
let corner = 0;
let placing = false;
let changed = false;

const fill = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const say = (name, values = {}) => (said.textContent = fill(words[name], values));
const current = () => zones[here];
const button = (name) => form.querySelector(`[data-do="${name}"]`);

function freshName() {
  const names = new Set(zones.map((zone) => zone.id));
  for (let n = zones.length + 1; ; n++) if (!names.has(`${words.zone}${n}`)) return `${words.zone}${n}`;
}

function add(corners) {
  zones.push({ id: freshName(), kind: "danger", corners });
  here = zones.length - 1;
  corner = 0;
  changed = true;
}

function draw() {
  svg.replaceChildren(...polygons(zones, here));
  const zone = current();
  handles.replaceChildren(...(zone ? zone.corners.map(handle) : []));
  field.which.replaceChildren(...zones.map((one, place) => new Option(one.id || `#${place + 1}`, place, false, place === here)));
  for (const name of ["id", "kind", "dwell_s"]) {
    field[name].disabled = !zone;
    if (document.activeElement !== field[name]) field[name].value = zone?.[name] ?? (name === "kind" ? "danger" : "");
  }
  for (const name of ["corner", "uncorner", "delete"]) button(name).disabled = !zone || placing;
  button("finish").hidden = !placing;
  for (const name of ["new", "box"]) button(name).hidden = placing;
  stage.classList.toggle("placing", placing);
  form.elements.zones.value = JSON.stringify(zones);
}

function handle([x, y], place) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "zone-handle";
  made.dataset.corner = place;
  made.style.left = `${x * 100}%`;
  made.style.top = `${y * 100}%`;
  made.setAttribute("aria-label", tell(place));
  made.setAttribute("aria-pressed", place === corner);
  return made;
}

function tell(place) {
  const [x, y] = current().corners[place];
  return fill(words.corner, { zone: current().id, n: place + 1, x: x.toFixed(2), y: y.toFixed(2) });
}

function focus() {
  handles.children[corner]?.focus();
}

function moveTo(place, x, y) {
  current().corners[place] = [inside(x), inside(y)];
  changed = true;
  draw();
}

function spot(event) {
  const box = stage.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

function finish() {
  if (current().corners.length < LEAST) return say("few");
  placing = false;
  corner = 0;
  draw();
  return focus();
}

function uncorner() {
  const zone = current();
  if (zone.corners.length <= LEAST) return say("least");
  zone.corners.splice(corner, 1);
  corner = Math.min(corner, zone.corners.length - 1);
  changed = true;
  draw();
  return focus();
}

const acts = {
  new() {
    add([]);
    placing = true;
    draw();
    say("placed", { n: 0 });
  },
  finish,
  box() {
    add(structuredClone(BOX));
    draw();
    focus();
  },
  corner() {
    const more = withCorner(current().corners);
    current().corners = more.corners;
    corner = more.place;
    changed = true;
    draw();
    focus();
  },
  uncorner,
  delete() {
    zones.splice(here, 1);
    here = Math.min(here, zones.length - 1);
    corner = 0;
    changed = true;
    draw();
  },
};

form.addEventListener("click", (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  if (name) acts[name]();
});

stage.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".zone-handle");
  if (placing) {
    event.preventDefault();
    const [x, y] = spot(event);
    current().corners.push([inside(x), inside(y)]);
    changed = true;
    draw();
    return say("placed", { n: current().corners.length });
  }
  if (!grip) return undefined;
  corner = Number(grip.dataset.corner);
  stage.setPointerCapture(event.pointerId);
  draw();
  return focus();
});

stage.addEventListener("pointermove", (event) => {
  if (!placing && stage.hasPointerCapture(event.pointerId)) {
    moveTo(corner, ...spot(event));
    focus();
  }
});

stage.addEventListener("pointerup", (event) => {
  if (!stage.hasPointerCapture(event.pointerId)) return;
  stage.releasePointerCapture(event.pointerId);
  said.textContent = tell(corner);
});

handles.addEventListener("focusin", (event) => {
  corner = Number(event.target.dataset.corner);
  for (const one of handles.children) one.setAttribute("aria-pressed", one === event.target);
});

handles.addEventListener("keydown", (event) => {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    uncorner();
  }
  const way = ARROWS[event.key];
  if (!way) return;
  event.preventDefault();
  const by = event.shiftKey ? STRIDE : STEP;
  const [x, y] = current().corners[corner];
  moveTo(corner, x + way[0] * by, y + way[1] * by);
  focus();
  said.textContent = tell(corner);
});

form.addEventListener("input", (event) => {
  const name = event.target.dataset.field;
  if (!name) return;
  if (name === "which") {
    here = Number(event.target.value);
    corner = 0;
  } else {
    const value = event.target.value.trim();
    if (name === "dwell_s" && !value) delete current().dwell_s;
    else current()[name] = name === "dwell_s" ? Number(value) : value;
    changed = true;
  }
  draw();
});

form.addEventListener("submit", () => (changed = false));
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

draw();
