// Photos: made small on the phone, kept as blobs until they are sent.

import * as store from "./store.js";

const LONGEST_SIDE_PX = 1600;
const QUALITY = 0.8;

// Keep a picture from the camera; what the browser cannot read is kept whole for the server.
export async function keep(file, number) {
  const blob = await shrink(file).catch(() => file);
  const row = { id: store.newKey(), number, blob, token: null, at: Date.now() };
  await store.keepPhoto(row);
  return row.id;
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
