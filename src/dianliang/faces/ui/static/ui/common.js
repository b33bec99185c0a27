// What every page needs: theme switch, countdowns, toasts, shortcuts, htmx with CSRF.
const root = document.documentElement;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch]");
  if (!button) return;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* see theme.js */ }
});

const english = root.lang.startsWith("en");
const words = english
  ? { left: "left", late: "late", d: "d", h: "h", m: "min" }
  : { left: "剩", late: "超", d: "天", h: "时", m: "分" };

function span(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (d) return `${d}${words.d}${h ? h + words.h : ""}`;
  return `${h}${words.h}${m}${words.m}`;
}

export function countdowns(scope = document) {
  const now = Date.now();
  for (const time of scope.querySelectorAll("time[data-countdown]")) {
    if (time.dataset.stopped) continue;
    const left = new Date(time.dateTime) - now;
    const whole = new Date(time.dateTime) - new Date(time.dataset.from || time.dateTime);
    const shown = (left < 0 ? words.late : words.left) + (english ? " " : "") + span(left);
    if (time.textContent !== shown) time.textContent = shown;
    time.classList.toggle("late", left < 0);
    time.classList.toggle("soon", left >= 0 && whole > 0 && left / whole < 0.25);
  }
}
countdowns();
setInterval(() => { if (!document.hidden) countdowns(); }, 1000);

export function toast(text, bad = false) {
  const line = document.createElement("p");
  line.className = bad ? "toast bad" : "toast";
  line.textContent = text;
  document.querySelector(".toasts").append(line);
  setTimeout(() => line.remove(), bad ? 9000 : 5000);
}
for (const line of document.querySelectorAll("[data-toast]")) setTimeout(() => line.remove(), 7000);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// Parts that fold on a small screen.
function fold(button, open) {
  document.getElementById(button.dataset.toggle)?.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
}
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-toggle]");
  for (const button of document.querySelectorAll('[data-toggle][aria-expanded="true"]')) {
    const inside = event.target.closest(`#${CSS.escape(button.dataset.toggle)}`);
    if (button !== pressed && !inside) fold(button, false);
  }
  if (pressed) fold(pressed, pressed.getAttribute("aria-expanded") !== "true");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const button of document.querySelectorAll('[data-toggle][aria-expanded="true"]')) {
    fold(button, false);
    button.focus();
  }
});

// A text to take elsewhere. The clipboard is closed to pages without TLS; then it is selected.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  text.select();
  try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
  toast(english ? "Copied." : "已复制。");
});
document.addEventListener("said", (event) => toast(event.detail.text, event.detail.bad));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input:not([type="checkbox"]), textarea, select, dialog[open]')) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  // A part that is open already is gone into, not shut in the face of the person.
  const field = target.matches("details[open] > summary") && target.parentElement.querySelector("input:not([type=hidden]), select, textarea");
  if (field) field.focus();
  else target.matches("input, select, textarea") ? target.focus() : target.click();
});

// A button that says "sending" cannot be pressed twice; the server would know anyway.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.target.closest("[hx-post]")) return;
  setTimeout(() => { button.setAttribute("aria-disabled", "true"); button.dataset.sent = "1"; });
  if (button.dataset.sent) event.preventDefault();
});
addEventListener("pageshow", () => {
  for (const b of document.querySelectorAll("[data-sent]")) { delete b.dataset.sent; b.removeAttribute("aria-disabled"); }
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSwap", (event) => countdowns(event.detail.elt.parentElement || document));

// What a page asks for by itself must not nag: one word when it fails, one when it works again.
const polls = (event) => event.detail.elt?.getAttribute?.("hx-trigger")?.includes("every");
let silent = false;
function lost(event, text) {
  if (!polls(event)) { toast(text, true); return; }
  if (!silent) toast(english ? "No connection: this page does not update itself for now." : "连不上服务器，页面暂时不会自己更新，恢复后自动继续。", true);
  silent = true;
}
document.addEventListener("htmx:sendError", (event) => lost(event, english ? "Offline: nothing was changed." : "网络不通，什么也没有改动，请重试。"));
document.addEventListener("htmx:responseError", (event) => lost(event, english ? "The server could not do that." : "服务器没能完成，请刷新后重试。"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || !polls(event) || !silent) return;
  silent = false;
  toast(english ? "Connected again." : "已恢复连接。");
});

// After the session has ended the server answers with the log-in page; what was typed stays here.
let ended = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (!answered || !new URL(answered).pathname.startsWith("/login/")) return;
  event.detail.shouldSwap = false;
  if (!ended) toast(english ? "You are logged out. Log in again in another tab; what you typed is still here." : "登录已过期，请在新标签页重新登录，这里填的内容还在。", true);
  ended = true;
});

// On a phone the bar of a section is wider than the screen: show the page one is on.
document.querySelector(".subnav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A form that was refused lies far down on a phone: bring it and the reason into sight.
const refused = document.querySelector("[role=alert][autofocus]");
if (refused) {
  refused.focus({ preventScroll: true });
  refused.scrollIntoView({ block: "center" });
}
