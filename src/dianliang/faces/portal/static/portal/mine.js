// Fills the list of this device's needs from the links that it keeps.
import { all, forgetAll, keepOnly } from "./store.js";

const box = document.getElementById("mine");
const none = document.getElementById("none");
const forgetRow = document.getElementById("forget-row");

async function fill() {
  const kept = all();
  if (kept.length) {
    const body = new FormData();
    for (const row of kept) body.append("token", row.token);
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    const answer = await fetch(box.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
    if (!answer.ok) return;
    box.innerHTML = await answer.text();
    const found = [...box.querySelectorAll("[data-token]")];
    keepOnly(new Set(found.map((line) => line.dataset.token)));
    for (const line of found) {
      const seen = kept.find((row) => row.token === line.dataset.token)?.seen ?? 0;
      line.querySelector(".fresh").hidden = new Date(line.dataset.at).getTime() <= seen;
    }
  }
  const isEmpty = !box.querySelector("[data-token]");
  none.hidden = !isEmpty;
  box.hidden = isEmpty;
  forgetRow.hidden = isEmpty;
  box.setAttribute("aria-busy", "false");
}

const forget = document.getElementById("forget");
forget.addEventListener("click", () => {
  if (!forget.dataset.asked) {
    forget.dataset.asked = "1";
    forget.textContent = forget.dataset.sure;
    return;
  }
  forgetAll();
  box.replaceChildren();
  fill();
});
fill();
