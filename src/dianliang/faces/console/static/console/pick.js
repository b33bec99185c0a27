// Tick all, and say how many are ticked.
function tell(name) {
  const boxes = [...document.querySelectorAll(`input[name="${name}"]`)];
  const on = boxes.filter((box) => box.checked).length;
  document.querySelector(`[data-count="${name}"]`).textContent = `${on}/${boxes.length}`;
}
for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
    tell(all.dataset.all);
  });
  tell(all.dataset.all);
}
document.addEventListener("change", (event) => {
  if (["job", "team"].includes(event.target.name)) tell(event.target.name);
});
