// Choose by filters: what is filtered away keeps its tick, and the count says so.
const rows = [...document.querySelectorAll("tr[data-priority]")];
const filters = [...document.querySelectorAll("[data-filter]")];
const boxes = (name) => [...document.querySelectorAll(`input[name="${name}"]:not(:disabled)`)];
const isShown = (box) => !box.closest("[hidden]");

function tell(name) {
  const all = boxes(name);
  const on = all.filter((box) => box.checked);
  const unseen = on.filter((box) => !isShown(box)).length;
  document.querySelector(`[data-count="${name}"]`).textContent = `${on.length}/${all.length}${unseen ? ` (${unseen})` : ""}`;
  const shown = all.filter(isShown);
  const whole = document.querySelector(`[data-all="${name}"]`);
  whole.checked = shown.length > 0 && shown.every((box) => box.checked);
  whole.indeterminate = !whole.checked && shown.some((box) => box.checked);
}

const day = 86400000;
function isDue(text, wanted) {
  if (wanted === "none" || !text) return wanted === "none" && !text;
  const left = new Date(text) - Date.now();
  return wanted === "late" ? left < 0 : left < Number(wanted) * day;
}

function filter() {
  const wanted = Object.fromEntries(filters.map((field) => [field.dataset.filter, field.value.trim()]));
  for (const row of rows) {
    row.hidden = Boolean(
      (wanted.text && !row.textContent.includes(wanted.text)) ||
      (wanted.priority && row.dataset.priority !== wanted.priority) ||
      (wanted.skill && row.dataset.skill !== wanted.skill) ||
      (wanted.unit && row.dataset.unit !== wanted.unit) ||
      (wanted.due && !isDue(row.dataset.due, wanted.due)),
    );
  }
  tell("job");
}

document.addEventListener("input", (event) => { if (event.target.matches("[data-filter]")) filter(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-filter]")) event.preventDefault();
});
document.addEventListener("change", (event) => {
  const { name, dataset } = event.target;
  if (dataset.all) {
    for (const box of boxes(dataset.all)) if (isShown(box)) box.checked = event.target.checked;
    tell(dataset.all);
  } else if (["job", "team"].includes(name)) tell(name);
  else if (name === "first_on") {
    const last = document.querySelector("[name=last_on]");
    if (last.value < event.target.value) last.value = event.target.value;
  }
});
document.addEventListener("htmx:afterSwap", () => tell("team"));
filter();
tell("team");
