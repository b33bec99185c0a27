// Villages are typed, not scrolled for; a hint is taken over with one press.
import { picker } from "../ui/villages.js";

const pickers = new Map([...document.querySelectorAll("select[data-villages]")].map((select) => [select, picker(select)]));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set]");
  if (!button) return;
  const select = document.querySelector(`#intake select[name="${CSS.escape(button.dataset.set)}"]`);
  const known = pickers.get(select);
  if (known) { known.set(button.dataset.value); return; }
  select.value = button.dataset.value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
});
