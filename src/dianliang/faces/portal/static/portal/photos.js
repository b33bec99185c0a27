// Photos chosen one after another: shrunk on the phone, shown, removable. Without it the server does the same.
const MOST_PX = 1600;
const SMALL_ENOUGH = 400000;
const MOST_BYTES = 12 * 1024 * 1024;

async function shrink(file) {
  if (file.size < SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, MOST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return blob && blob.size < file.size ? new File([blob], name, { type: "image/jpeg" }) : file;
  } catch {
    return file; // a kind that this browser cannot read, such as HEIC: the server can
  }
}

function isPhoto(file) {
  return file.type.startsWith("image/") || /\.(heic|heif)$/i.test(file.name);
}

function manage(input) {
  const chosen = [];
  const strip = document.createElement("ul");
  strip.className = "plain photo-strip";
  const said = document.createElement("p");
  said.className = "error";
  said.setAttribute("role", "alert");
  input.after(strip, said);
  let busy = Promise.resolve();

  const keptByServer = () => input.form.querySelectorAll('[name="kept"]:checked').length;
  const put = () => {
    const all = new DataTransfer();
    for (const photo of chosen) all.items.add(photo.file);
    input.files = all.files;
    strip.replaceChildren(...chosen.map((photo) => photo.line));
  };
  const show = (file) => {
    const line = document.createElement("li");
    const image = new Image(96, 96);
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => {
      const name = document.createElement("span");
      name.className = "name";
      name.textContent = file.name;
      image.replaceWith(name);
    };
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn small";
    remove.textContent = input.dataset.remove;
    remove.setAttribute("aria-label", `${input.dataset.remove} ${file.name}`);
    const photo = { file, line };
    remove.addEventListener("click", () => {
      chosen.splice(chosen.indexOf(photo), 1);
      said.textContent = "";
      put();
      input.focus();
    });
    line.append(image, remove);
    chosen.push(photo);
  };
  const add = async (files) => {
    const problems = [];
    for (const file of files) {
      const small = isPhoto(file) ? await shrink(file) : file;
      if (!isPhoto(file)) problems.push(`${file.name}：${input.dataset.notAPhoto}`);
      else if (small.size > MOST_BYTES) problems.push(`${file.name}：${input.dataset.tooLarge}`);
      else if (chosen.length + keptByServer() >= Number(input.dataset.most)) problems.push(input.dataset.tooMany);
      else show(small);
    }
    said.textContent = [...new Set(problems)].join("；");
    put();
  };
  let isBusy = false;
  input.addEventListener("change", () => {
    const files = [...input.files];
    isBusy = true;
    input.files = new DataTransfer().files;
    busy = busy.then(() => add(files)).finally(() => { isBusy = false; });
  });
  input.form.addEventListener("submit", (event) => {
    if (!isBusy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    busy.then(() => input.form.requestSubmit(event.submitter));
  }, { capture: true });
}

for (const input of document.querySelectorAll("[data-photos]")) manage(input);
