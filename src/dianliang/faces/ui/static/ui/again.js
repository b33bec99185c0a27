// A form that was refused gets back what it said. Of many forms on a page it is the one that was
// sent to this address, with the same hidden marks; the reason moves beside it.
const { fields, files, again } = JSON.parse(document.getElementById("sent-again").textContent);
const UNSAID = ["csrfmiddlewaretoken", "key", "seen"];

const marks = (form) =>
  [...form.elements].filter((field) => field.type === "hidden" && field.name && field.value && !UNSAID.includes(field.name));
const leadsHere = (address) => new URL(address || location.href, location.href).pathname === location.pathname;
const wasSent = (form) =>
  form.method === "post" &&
  (leadsHere(form.getAttribute("action")) || [...form.querySelectorAll("[formaction]")].some((one) => leadsHere(one.formAction))) &&
  marks(form).every((field) => fields[field.name]?.includes(field.value));

function fill(field, nth) {
  const values = fields[field.name];
  if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(values?.includes(field.value));
  else if (field.multiple && field.options) for (const option of field.options) option.selected = Boolean(values?.includes(option.value));
  else if (field.type === "file") remind(field);
  else if (values?.[nth] !== undefined && !["hidden", "submit", "button"].includes(field.type)) field.value = values[nth];
}

// No script may choose a file for somebody: say which one it was.
function remind(field) {
  if (!files[field.name]) return;
  const line = document.createElement("p");
  line.className = "hint";
  line.textContent = `${again} ${files[field.name].join("、")}`;
  field.after(line);
}

const [form] = [...document.forms].filter(wasSent).sort((one, other) => marks(other).length - marks(one).length);
if (form) {
  const seen = {};
  for (const field of form.elements) if (field.name) fill(field, (seen[field.name] = (seen[field.name] ?? -1) + 1));
  for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  const reason = document.querySelector('#main .notice[role="alert"]');
  if (reason && !form.contains(reason)) form.prepend(reason);
  // The bar of the section has scrolled to its place by then.
  addEventListener("load", () => form.scrollIntoView({ block: "center" }));
}
