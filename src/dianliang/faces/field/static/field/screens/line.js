// Work along a line: the crew says from which kilometre to which it is done. Kept offline, sent once.

import { h, icon, toast } from "../dom.js";
import { fill, gettext } from "../words.js";

const km = (metres) => String(Number((metres / 1000).toFixed(2)));

export function lineReport(sheet, model) {
  const line = sheet.task?.line;
  if (!line) return null;
  const waits = model.outbox.filter((row) => row.verb === "advance" && row.number === line.number && row.state === "saved");
  const field = (name, value) => h("input", { name, inputmode: "decimal", required: true, maxlength: "7", value, autocomplete: "off" });
  const from = field("from_km", km(line.from_m));
  const to = field("to_km", km(line.to_m));
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
    await model.record([{ verb: "advance", number: line.number, title, body }]);
    toast(fill(gettext("%(title)s 已记下"), { title }));
    if (location.hash === `#/visit/${sheet.stop.number}`) location.hash = "#/";
  }
  return h(
    "form.card.line",
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), button.click()), "aria-label": gettext("报里程") },
    h("h2", {}, gettext("报里程")),
    h("p.hint", {}, gettext("做到哪里报到哪里，一次可以跨几段；没有网络也可以报，联网后自动发送。")),
    h("div.pair", {}, h("label.field", {}, gettext("从（公里）"), from), h("label.field", {}, gettext("到（公里）"), to)),
    error,
    waits.map((row) => h("p.facts", {}, h("span.tag.saved", {}, gettext("已存手机")), h("span.hint", {}, row.title))),
    button,
  );
}
