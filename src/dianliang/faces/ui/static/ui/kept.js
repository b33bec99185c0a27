// A page that refuses what was sent shows its forms anew: put back what was typed into the one that
// was sent. The server tells what that was; of a file it may only tell the name.
const kept = JSON.parse(document.getElementById("kept-form").textContent);
const OWN = new Set(["csrfmiddlewaretoken", "key", "seen"]);
const CLOSED = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);

const pathOf = (address) => new URL(address, location.href).pathname;
const controls = (form) => [...form.elements].filter((field) => field.name);

// Forms of one address, as one for each row, are told apart by what they hide.
function isSent(form, { path, fields }) {
  const ways = [form.getAttribute("action") ?? "", ...[...form.querySelectorAll("[formaction]")].map((b) => b.getAttribute("formaction"))];
  if (form.method !== "post" || !ways.some((way) => pathOf(way) === path)) return false;
  const sent = new Set(Object.keys(fields));
  const own = controls(form);
  if (![...sent].every((name) => own.some((field) => field.name === name))) return false;
  return own.filter((field) => field.type === "hidden" && !OWN.has(field.name))
    .every((field) => fields[field.name]?.includes(field.value));
}

function fill(form, { fields, files }) {
  const passed = {};
  for (const field of controls(form)) {
    const values = fields[field.name] ?? [];
    if (field.type === "file") {
      const names = files[field.name] ?? [];
      if (names.length) note(field, names.join("、"));
    } else if (CLOSED.has(field.type)) {
      continue;
    } else if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value);
    } else if (field.type === "select-multiple") {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else {
      const place = passed[field.name] ?? 0;
      passed[field.name] = place + 1;
      if (place < values.length) field.value = values[place];
    }
  }
  for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
}

function note(field, names) {
  const line = document.createElement("p");
  line.className = "hint";
  line.textContent = kept.lost.replace("%s", names);
  field.after(line);
}

const form = [...document.forms].find((one) => isSent(one, kept));
if (form) fill(form, kept);
