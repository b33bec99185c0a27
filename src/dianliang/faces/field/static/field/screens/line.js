// Work along a line: the crew says from which kilometre to which it is done. Kept offline, sent once.

import { ask, h, icon, toast } from "../dom.js";
import { fill, gettext } from "../words.js";

// Three times the planned pace, and half an hour's work besides, is as fast as a crew may be.
const FASTEST = 3;
const GRACE_H = 0.5;

const km = (metres) => String(Number((metres / 1000).toFixed(2)));

// What makes a report doubtful: it goes beyond the crew's own stretch, or is faster than anybody.
function doubts(sheet, model, from_m, to_m) {
  const { line } = sheet.task;
  const isOwn = (each) => each.task?.line?.number === line.number && each.stop.team_code === sheet.stop.team_code;
  const own = model.sheets.filter((each) => isOwn(each) && each.stop.on === sheet.stop.on);
  const first = Math.min(...own.map((each) => each.task.line.from_m));
  const last = Math.max(...own.map((each) => each.task.line.to_m));
  const begun = Math.min(...own.map((each) => Date.parse(each.stop.arrived_at ?? each.stop.arrive_at)));
  const hours = Math.max(0, (Date.now() - begun) / 3_600_000) + GRACE_H;
  const most = km(FASTEST * line.m_per_h * hours);
  return [
    (from_m < first - 10 || to_m > last + 10) &&
      fill(gettext("排给本队的是 K%(a)s–K%(b)s，您报的超出了这一段。"), { a: km(first), b: km(last) }),
    to_m - from_m > FASTEST * line.m_per_h * hours &&
      fill(gettext("到现在最多能做约 %(most)s 公里，您报了 %(told)s 公里。"), { most, told: km(to_m - from_m) }),
  ].filter(Boolean);
}

async function isMeant(words, title) {
  if (words.length === 0) return true;
  const body = words.map((each) => h("p", {}, each));
  return (await ask({ title: fill(gettext("确实做完了 %(title)s 吗？"), { title }), body, confirm: gettext("确实做完了"), cancel: gettext("再看看") })) !== null;
}

export function lineReport(sheet, model) {
  const line = sheet.task?.line;
  if (!line) return null;
  const waits = model.outbox.filter((row) => row.verb === "advance" && row.number === line.number && row.state === "saved");
  const field = (name, value) => h("input", { name, inputmode: "decimal", required: true, maxlength: "7", value, autocomplete: "off" });
  const [start_m, end_m] = line.is_turned ? [line.to_m, line.from_m] : [line.from_m, line.to_m];
  const from = field("from_km", km(start_m));
  const to = field("to_km", km(end_m));
  const error = h("p.error", { role: "alert" });
  const button = h("button.primary.wide", { type: "button", onclick: send }, icon("check"), gettext("报完成"));
  async function send() {
    const [a, b] = [from, to].map(({ value }) => Number(value.trim().replace(",", ".")));
    if (!from.value.trim() || !to.value.trim() || !(a >= 0 && b >= 0 && a !== b && Math.max(a, b) <= line.length_m / 1000 + 0.05)) {
      error.textContent = fill(gettext("请填 0 到 %(km)s 之间的两个里程。"), { km: km(line.length_m) });
      return;
    }
    const body = { team: sheet.stop.team_code, from_km: a, to_km: b };
    const title = `${line.title} K${a}–K${b}`;
    error.textContent = "";
    if (!(await isMeant(doubts(sheet, model, 1000 * Math.min(a, b), 1000 * Math.max(a, b)), title))) return;
    await model.record([{ verb: "advance", number: line.number, title, body }]);
    toast(fill(gettext("%(title)s 已记下"), { title }));
    if (location.hash === `#/visit/${sheet.stop.number}`) location.hash = "#/";
  }
  return h(
    "form.card.line",
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), button.click()), "aria-label": gettext("报里程") },
    h("h2", {}, gettext("报里程")),
    h("p", {}, fill(gettext("本段从 K%(from)s 往 K%(to)s 做，导航去 K%(from)s。"), { from: km(start_m), to: km(end_m) })),
    h("p.hint", {}, gettext("做到哪里报到哪里，一次可以跨几段；没有网络也可以报，联网后自动发送。")),
    h("div.pair", {}, h("label.field", {}, gettext("从（公里）"), from), h("label.field", {}, gettext("到（公里）"), to)),
    error,
    waits.map((row) => h("p.facts", {}, h("span.tag.saved", {}, gettext("已存手机")), h("span.hint", {}, row.title))),
    button,
  );
}
