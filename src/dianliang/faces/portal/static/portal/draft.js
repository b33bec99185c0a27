// Words that were typed survive a lost network, a closed page and a step back, on this device only.
const KEY = "dianliang.draft";
const form = document.getElementById("need-form");
const text = form.querySelector("[data-draft]");
const key = form.querySelector('[name="key"]');

function read() {
  try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
}

document.getElementById("problems")?.focus();
const draft = read();
if (!text.value && draft.text && Date.now() - draft.at < 86400000) {
  text.value = draft.text;
  key.value = draft.key || key.value;
}
const keep = () => {
  try { localStorage.setItem(KEY, JSON.stringify({ text: text.value, key: key.value, at: Date.now() })); } catch { /* private mode */ }
};
text.addEventListener("input", keep);
form.addEventListener("submit", keep);
if (text.value) addEventListener("load", () => form.dispatchEvent(new CustomEvent("place:changed")));
