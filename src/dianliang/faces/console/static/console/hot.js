// A mark on the map leads to the issue it stands for.
for (const map of document.querySelectorAll("[data-points]")) {
  map.addEventListener("map:select", (event) => {
    const card = document.getElementById(event.detail.number);
    if (!card) return;
    card.closest("details")?.setAttribute("open", "");
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
  });
}
