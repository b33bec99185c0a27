// The page of one need: kept on this device, marks what is new, asks now and then whether it moved.
import { keep, markNews, seenAt } from "./store.js";

const OFTEN_MS = 45000;
const SELDOM_MS = 600000;
const token = location.pathname.split("/")[2];
let live = document.getElementById("live");
const seen = seenAt(token);

function remember() {
  document.getElementById("saved").hidden = !keep(token, live.dataset.number);
}
markNews(live, seen);
remember();
try { // what was typed has arrived; draft.js still knows it, should the same be sent again
  const draft = JSON.parse(localStorage.getItem("dianliang.draft"));
  if (draft) localStorage.setItem("dianliang.draft", JSON.stringify({ ...draft, sent: true }));
} catch { /* private mode */ }

const link = document.getElementById("link");
const copy = document.getElementById("copy");
copy.hidden = false;
copy.addEventListener("click", async () => {
  link.select();
  try { await navigator.clipboard.writeText(link.value); } catch { document.execCommand("copy"); }
  copy.textContent = copy.dataset.done;
});
const share = document.getElementById("share");
if (navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: document.title, url: link.value }).catch(() => {}));
}

function isBeingUsed() {
  const at = document.activeElement;
  return live.contains(at) && at.matches("input, textarea, button")
    || Boolean(live.querySelector(".rate input:checked"));
}

let wait = OFTEN_MS;
async function look() {
  if (document.hidden || isBeingUsed()) return;
  try {
    const answer = await fetch(`${location.pathname}?known=${live.dataset.version}`);
    wait = OFTEN_MS;
    if (answer.status !== 200) return;
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    const fresh = holder.querySelector("#live");
    const since = seenAt(token) ?? Date.now();
    live.replaceWith(fresh);
    live = fresh;
    if (markNews(live, since)) {
      const news = document.getElementById("news");
      news.textContent = news.dataset.words;
    }
    remember();
  } catch {
    wait = Math.min(wait * 2, SELDOM_MS);
  }
}
(function again() {
  setTimeout(async () => { await look(); again(); }, wait);
})();
document.addEventListener("visibilitychange", look);
addEventListener("online", look);
