// A signature: drawn with a finger, kept as a picture on white.

import { h } from "./dom.js";
import * as store from "./store.js";
import { gettext } from "./words.js";

const INK = "#10231f";
const PAPER = "#ffffff";

// Build a pad. `onChange` gets the id of the kept picture after each stroke, or null when cleared;
// `wait` is told of each picture that is still being kept.
export function pad({ number, kept, onChange, wait }) {
  const canvas = h("canvas.pad", {
    role: "img",
    "aria-label": gettext("签名区，请用手指签名"),
    width: 640,
    height: 260,
  });
  const paper = canvas.getContext("2d");
  let last = null;
  clear();
  if (kept) restore(kept);

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    stroke(last, { x: last.x + 0.1, y: last.y });
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const points = event.getCoalescedEvents?.() ?? [event];
    for (const point of points.length ? points : [event]) {
      const next = at(point);
      stroke(last, next);
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) wait(keep());
      last = null;
    });
  }

  const again = () => {
    clear();
    said.textContent = gettext("请客户用手指签名");
    onChange(null);
  };
  const said = h("span.hint", { role: "status" }, kept ? gettext("已签") : gettext("请客户用手指签名"));
  const redo = h("button.quiet", { type: "button", onclick: again }, gettext("重签"));
  return h("div.signature", {}, canvas, h("div.title-row", {}, said, redo));

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * canvas.width,
      y: ((event.clientY - box.top) / box.height) * canvas.height,
    };
  }

  function stroke(from, to) {
    paper.strokeStyle = INK;
    paper.lineWidth = 5;
    paper.lineCap = paper.lineJoin = "round";
    paper.beginPath();
    paper.moveTo(from.x, from.y);
    paper.lineTo(to.x, to.y);
    paper.stroke();
  }

  function clear() {
    paper.fillStyle = PAPER;
    paper.fillRect(0, 0, canvas.width, canvas.height);
  }

  async function restore(id) {
    const row = await store.photo(id);
    if (!row) return;
    const bitmap = await createImageBitmap(row.blob);
    paper.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
  }

  async function keep() {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const id = store.newKey();
    await store.keepPhoto({ id, number, blob, token: null, at: Date.now() });
    await onChange(id);
    said.textContent = gettext("已签");
  }
}
