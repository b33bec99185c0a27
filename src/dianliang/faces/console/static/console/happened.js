// What happened: rows are added as needed, villages are typed, a field that was refused is shown.
import { picker } from "../ui/villages.js";

for (const select of document.querySelectorAll("select[data-villages]")) picker(select);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more]");
  if (!button) return;
  const rows = button.closest("fieldset").querySelectorAll("[data-row]");
  const row = rows[rows.length - 1].cloneNode(true);
  for (const field of row.querySelectorAll("input")) field.value = "";
  for (const select of row.querySelectorAll("select")) select.selectedIndex = 0;
  rows[rows.length - 1].after(row);
  row.querySelector("select").focus();
});
for (const button of document.querySelectorAll("[data-more]")) button.hidden = false; // it works now

const name = document.querySelector("[data-field]")?.dataset.field;
const field = name && document.querySelector(`#happened [name="${CSS.escape(name)}"]`);
field?.closest(".field")?.classList.add("bad");
field?.focus();
