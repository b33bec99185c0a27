// A wall renews its figures by itself; without a network it goes on showing the last ones and says so.
const wall = () => document.querySelector(".wall");

async function renew() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    wall().replaceWith(page.querySelector(".wall"));
  } catch {
    wall().querySelector(".wall-stale").hidden = false;
  }
  document.documentElement.dataset.renewed = String(Date.now());
}
setInterval(renew, Number(wall().dataset.renew) * 1000);
document.addEventListener("board:renew", renew);
