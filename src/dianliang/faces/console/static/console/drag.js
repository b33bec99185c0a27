// Drag a visit to another team or another time; the form in the list below does the same by keyboard.
const form = document.getElementById("drag");
let held;

function lane(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-lane]");
}

document.addEventListener("pointerdown", (event) => {
  const stop = event.target.closest("rect.stop");
  if (!stop) return;
  held = { stop, x: event.clientX, y: event.clientY, moved: false };
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  held.moved ||= Math.abs(dx) + Math.abs(dy) > 6;
  held.stop.setAttribute("transform", `translate(${dx} ${dy})`);
  for (const other of document.querySelectorAll("[data-lane]")) other.toggleAttribute("data-over", other === lane(event));
});

document.addEventListener("pointerup", (event) => {
  if (!held) return;
  const { stop, moved } = held;
  held = undefined;
  stop.removeAttribute("transform");
  if (!moved) {
    const row = document.getElementById(stop.dataset.job);
    row.closest("details").open = true;
    row.scrollIntoView({ block: "center" });
    return;
  }
  stop.style.pointerEvents = "none";
  const target = lane(event);
  if (!target) return;
  const before = [...target.querySelectorAll("rect.stop")].filter((other) => other !== stop && other.getBoundingClientRect().left < event.clientX);
  form.elements.job.value = stop.dataset.job;
  form.elements.lane.value = target.dataset.lane;
  form.elements.position.value = before.length + 1;
  form.requestSubmit();
});
