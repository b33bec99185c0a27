// A plan by mouse, touch and keyboard: map, lanes and list show the same visit; moving one is a form.
const plan = document.getElementById("plan");
const dialog = document.getElementById("adjust");
const map = document.getElementById("route-map");
const stops = [...document.querySelectorAll("g.stop")];
const of = (job) => [...document.querySelectorAll(`[data-job="${CSS.escape(job)}"]`)];
if (!dialog) plan.classList.add("is-fixed");

function light(job, from) {
  for (const old of document.querySelectorAll(".lit")) old.classList.remove("lit");
  for (const element of of(job)) {
    element.classList.add("lit");
    if (element === from) continue;
    const list = element.closest("details");
    if (element.matches("tr") && list && !from?.closest("svg, .map")) continue;
    if (list) list.open = true;
    if (!from?.contains(element)) element.scrollIntoView({ block: "nearest", inline: "center" });
  }
  map.dispatchEvent(new CustomEvent("map:highlight", { detail: { job } }));
}

function showLane(key) {
  map.dispatchEvent(new CustomEvent("map:lane", { detail: { key } }));
  document.querySelector("[data-all-lanes]").hidden = !key;
}

// The form: what a drag does, for every keyboard.
function adjust({ job, title, lane, position, locked }) {
  const form = dialog.querySelector("form");
  form.elements.job.value = job;
  dialog.querySelector("[data-said]").textContent = `${title} ${job}`;
  form.elements.lane.value = lane || form.elements.lane.options[0]?.value;
  form.elements.position.value = position || 1;
  for (const button of dialog.querySelectorAll("[data-for=planned]")) button.hidden = !lane;
  dialog.querySelector("[data-lock]").hidden = !lane || locked;
  dialog.querySelector("[data-unlock]").hidden = !lane || !locked;
  dialog.showModal();
}

const button = (job) => document.querySelector(`button[data-adjust="${CSS.escape(job)}"]`);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-adjust]");
  if (opener && dialog && !dragged) {
    const { adjust: job, title, in: lane, position } = opener.dataset;
    adjust({ job, title, lane, position, locked: "locked" in opener.dataset });
    return;
  }
  const lane = event.target.closest("[data-show-lane]");
  if (lane) showLane(lane.dataset.showLane);
  else if (event.target.closest("[data-all-lanes]")) showLane("");
  else if (!event.target.closest("button, a, form, dialog, summary")) {
    const shown = event.target.closest("[data-job]");
    if (shown) light(shown.dataset.job, shown);
  }
});

// The keyboard: arrows walk along a lane and between lanes, Enter adjusts, L locks.
function focus(stop) {
  if (!stop) return;
  for (const other of stop.closest(".lane").querySelectorAll("g.stop")) other.tabIndex = other === stop ? 0 : -1;
  stop.focus();
  light(stop.dataset.job, stop);
}

function beside(stop, step) {
  const lanes = [...document.querySelectorAll(".lane")].filter((lane) => lane.querySelector("g.stop"));
  const lane = lanes[lanes.indexOf(stop.closest(".lane")) + step];
  const x = stop.getBoundingClientRect().left;
  const near = [...(lane?.querySelectorAll("g.stop") || [])];
  return near.sort((a, b) => Math.abs(a.getBoundingClientRect().left - x) - Math.abs(b.getBoundingClientRect().left - x))[0];
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && held) return letGo();
  const stop = event.target.closest?.("g.stop");
  if (!stop || event.ctrlKey || event.metaKey || event.altKey) return;
  const own = [...stop.closest(".lane").querySelectorAll("g.stop")];
  const at = own.indexOf(stop);
  const steps = { ArrowRight: () => focus(own[at + 1]), ArrowLeft: () => focus(own[at - 1]), ArrowDown: () => focus(beside(stop, 1)), ArrowUp: () => focus(beside(stop, -1)) };
  if (steps[event.key]) steps[event.key]();
  else if (event.key === "Enter" || event.key === " ") button(stop.dataset.job)?.click();
  else if (event.key.toLowerCase() === "l" && button(stop.dataset.job)) {
    button(stop.dataset.job).click();
    dialog.querySelector("[data-lock]:not([hidden]), [data-unlock]:not([hidden])").click();
  } else return;
  event.preventDefault();
});

// Dragging, by mouse or finger: a visit in a lane, or a job that was left out by its grip.
// A finger first holds a visit for a moment, so that a swipe still scrolls the page.
const HOLD_MS = 250;
let held;
let holding;
let dragged = false;
const said = document.createElement("p");
said.className = "drop-said";
said.setAttribute("role", "status");

function laneUnder(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-lane]");
}

function place(lane, event) {
  const others = [...lane.querySelectorAll("g.stop")].filter((stop) => stop.dataset.job !== held.job);
  return others.filter((stop) => stop.getBoundingClientRect().left < event.clientX).length + 1;
}

function letGo() {
  clearTimeout(holding?.timer);
  holding = undefined;
  held?.element.removeAttribute("transform");
  held?.element.classList.remove("dragged");
  for (const lane of document.querySelectorAll("[data-over]")) lane.removeAttribute("data-over");
  plan.classList.remove("is-dragging");
  said.remove();
  held = undefined;
}

document.addEventListener("pointerdown", (event) => {
  dragged = false;
  const element = event.target.closest("g.stop:not(.frozen), [data-drag]");
  if (!element || !dialog || event.button) return;
  const taken = { element, job: element.dataset.job || element.dataset.drag, x: event.clientX, y: event.clientY };
  if (event.pointerType !== "touch" || element.matches("[data-drag]")) {
    held = taken;
    return;
  }
  const pick = () => { held = taken; element.classList.add("dragged"); navigator.vibrate?.(15); };
  holding = { ...taken, timer: setTimeout(pick, HOLD_MS) };
});

document.addEventListener("pointermove", (event) => {
  if (!held) {
    if (holding && Math.abs(event.clientX - holding.x) + Math.abs(event.clientY - holding.y) > 8) letGo();
    return;
  }
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  if (!dragged && Math.abs(dx) + Math.abs(dy) < 8) return;
  if (!dragged) {
    dragged = true;
    plan.classList.add("is-dragging");
    held.element.classList.add("dragged");
    document.body.append(said);
  }
  if (held.element.matches("g")) held.element.setAttribute("transform", `translate(${dx} ${dy})`);
  const over = laneUnder(event);
  for (const lane of document.querySelectorAll(".lane")) lane.toggleAttribute("data-over", lane === over);
  said.textContent = over ? `${over.dataset.name} · ${place(over, event)}` : "…";
  const edge = 70;
  if (event.clientY < edge) scrollBy(0, -14);
  else if (event.clientY > innerHeight - edge) scrollBy(0, 14);
  event.preventDefault();
}, { passive: false });

document.addEventListener("pointerup", (event) => {
  if (!held) return letGo();
  const over = dragged && laneUnder(event);
  const job = held.job;
  const position = over && place(over, event);
  letGo();
  if (!over) return;
  const form = dialog.querySelector("form");
  form.elements.job.value = job;
  form.elements.lane.value = over.dataset.lane;
  form.elements.position.value = position;
  if (form.elements.lane.value) form.requestSubmit();
});
document.addEventListener("pointercancel", letGo);
document.addEventListener("touchmove", (event) => { if (held) event.preventDefault(); }, { passive: false });
document.addEventListener("contextmenu", (event) => { if (held || holding) event.preventDefault(); });

// Keep my place: after a change the page comes back where it was, with the visit lit.
const key = `plan:${location.pathname.split("/").slice(0, 4).join("/")}`;
document.addEventListener("submit", (event) => {
  sessionStorage.setItem(key, JSON.stringify({ y: scrollY, job: event.target.elements.job?.value || "" }));
});
const place0 = JSON.parse(sessionStorage.getItem(key) || "null");
sessionStorage.removeItem(key);
const hasRefusal = document.querySelector("[role=alert]");
map.addEventListener("map:ready", () => {
  if (place0?.job) map.dispatchEvent(new CustomEvent("map:highlight", { detail: { job: place0.job } }));
});
if (place0?.job) for (const element of of(place0.job)) element.classList.add("lit");
if (place0 && !hasRefusal) scrollTo(0, place0.y);
map.addEventListener("map:select", (event) => light(event.detail.job, map));
for (const stop of stops) stop.addEventListener("focus", () => stop.closest(".lane").scrollIntoView({ block: "nearest" }));
