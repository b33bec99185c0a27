// Words that were typed survive a lost network, a closed page and a step back, on this device only.
const KEY = "dianliang.draft";
const A_DAY_MS = 86400000;
const JUST_NOW_MS = 600000;
const form = document.getElementById("need-form");
const text = form.querySelector("[data-draft]");
const key = form.querySelector('[name="key"]');

function read() {
  try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
}

document.getElementById("problems")?.focus();
const draft = read();
if (!text.value && draft.text && !draft.sent && Date.now() - draft.at < A_DAY_MS) {
  text.value = draft.text;
  key.value = draft.key || key.value;
}
const keep = () => {
  try { localStorage.setItem(KEY, JSON.stringify({ text: text.value, key: key.value, at: Date.now() })); } catch { /* private mode */ }
};
text.addEventListener("input", keep);
form.addEventListener("submit", () => {
  // The same words sent again after a step back are the same need: the server recognises its key.
  if (draft.sent && draft.text === text.value && Date.now() - draft.at < JUST_NOW_MS) key.value = draft.key;
  keep();
});
if (text.value) addEventListener("load", () => form.dispatchEvent(new CustomEvent("place:changed")));
