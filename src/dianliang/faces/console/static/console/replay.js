// Play frames that lie side by side in one picture. Nothing moves before somebody asks for it.

const LEAST_S = 0.1;
const LAST_S = 1;

for (const box of document.querySelectorAll("[data-replay]")) start(box);

function start(box) {
  const strip = box.querySelector("img");
  const canvas = box.querySelector("canvas");
  const bar = box.querySelector("[data-controls]");
  const [play, slider, out] = [bar.querySelector("button"), bar.querySelector("input"), bar.querySelector("output")];
  const times = JSON.parse(box.querySelector("script").textContent);
  const columns = Number(box.dataset.columns);
  let timer;

  function show(place) {
    const [width, height] = [strip.naturalWidth / columns, strip.naturalHeight / Math.ceil(times.length / columns)];
    canvas.width = width;
    canvas.height = height;
    const [x, y] = [(place % columns) * width, Math.floor(place / columns) * height];
    canvas.getContext("2d").drawImage(strip, x, y, width, height, 0, 0, width, height);
    slider.value = place;
    out.textContent = `${times[place].toFixed(1)} ${box.dataset.seconds}`;
  }

  function stop() {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = box.dataset.play;
  }

  function next() {
    const place = (Number(slider.value) + 1) % times.length;
    show(place);
    const wait = place + 1 < times.length ? Math.max(LEAST_S, times[place + 1] - times[place]) : LAST_S;
    timer = setTimeout(next, wait * 1000);
  }

  function ready() {
    slider.max = times.length - 1;
    strip.hidden = true;
    canvas.hidden = bar.hidden = false;
    show(0);
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    play.textContent = box.dataset.pause;
    return next();
  });
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  if (strip.complete && strip.naturalWidth) ready();
  else strip.addEventListener("load", ready, { once: true });
}
