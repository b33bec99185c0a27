// A danger that was put aside stays aside until another one comes.
const alarm = document.getElementById("alarm");
const key = "hushed-dangers";
const numbers = () => alarm.querySelector("[data-numbers]")?.dataset.numbers.trim().split(" ") ?? [];

function settle() {
  const hushed = new Set((sessionStorage.getItem(key) || "").split(" "));
  const fresh = numbers().filter((number) => !hushed.has(number));
  const shown = alarm.querySelector("[data-numbers]");
  const isHere = fresh.length === 1 && location.pathname.includes(`/${fresh[0]}/`);
  if (shown) shown.hidden = fresh.length === 0 || isHere;
}
alarm.addEventListener("htmx:afterSwap", settle);
alarm.addEventListener("click", (event) => {
  if (!event.target.closest("[data-hush]")) return;
  sessionStorage.setItem(key, numbers().join(" "));
  settle();
});
