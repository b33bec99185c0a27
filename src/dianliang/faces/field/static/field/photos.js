// Photos: made small on the phone, kept as blobs until they are sent.

import { h, icon, toast } from "./dom.js";
import * as store from "./store.js";
import { fill, gettext } from "./words.js";

const LONGEST_SIDE_PX = 1600;
const QUALITY = 0.8;

// Keep a picture from the camera; what the browser cannot read is kept whole for the server.
export async function keep(file, number) {
  const blob = await shrink(file).catch(() => file);
  const row = { id: store.newKey(), number, blob, token: null, at: Date.now() };
  await store.keepPhoto(row);
  return row.id;
}

// Build the strip of pictures of a record. `onChange` gets their ids after each change; `wait` is
// told of each picture that is still being written.
export function gallery({ ids, most, number, wait, onChange, id: name = "camera" }) {
  let kept = ids;
  const grid = h("div.gallery", {});
  const picker = h("input", { type: "file", accept: "image/*", capture: "environment", multiple: true, class: "hidden", id: name });
  const add = h("label.add", { for: name }, icon("camera"), gettext("拍照"));
  const take = async () => {
    try {
      for (const file of [...picker.files].slice(0, most - kept.length)) kept = [...kept, await keep(file, number)];
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      toast(gettext("手机存储已满，照片没有存下。请清理空间后再拍。"));
    }
    picker.value = "";
    await onChange(kept);
    show();
  };
  picker.addEventListener("change", () => wait(take()));
  show();
  return h("div", {}, picker, grid);

  async function show() {
    const shots = await Promise.all(kept.map(thumbnail));
    grid.replaceChildren(...shots.filter(Boolean), kept.length < most ? add : "");
  }

  async function thumbnail(id, place) {
    const row = await store.photo(id);
    if (!row) return null;
    const url = URL.createObjectURL(row.blob);
    const image = h("img", { src: url, alt: fill(gettext("照片 %(n)s"), { n: place + 1 }), onload: () => URL.revokeObjectURL(url) });
    const remove = async () => {
      kept = kept.filter((each) => each !== id);
      await onChange(kept);
      show();
    };
    return h("figure", {}, image, h("button", { type: "button", onclick: remove, "aria-label": gettext("删去这张") }, icon("cross")));
  }
}

async function shrink(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("toBlob"))), "image/jpeg", QUALITY);
  });
}
