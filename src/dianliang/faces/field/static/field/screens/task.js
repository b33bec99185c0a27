// A task of an incident: one big button for what comes next, and one for what cannot be done.

import { ask, h, icon, toast } from "../dom.js";
import { allowed } from "../rules.js";
import { fill, gettext } from "../words.js";

const CANNOT = [gettext("道路不通，过不去"), gettext("水太深，不安全"), gettext("缺装备或人手"), gettext("现场不让进或没人"), gettext("已经有人处理")];
const ON_THE_WAY = new Set(["SCHEDULED", "ACCEPTED"]);

export const isTask = (sheet) => Boolean(sheet.task);

export function badge({ task }) {
  if (!task) return null;
  return [h("span.tag.danger", {}, task.is_urgent ? gettext("急件") : gettext("抢险")), h("span", {}, gettext(task.rank_label))];
}

// What one press does: setting out says yes as well.
export function step(sheet, model) {
  const { stop, status } = sheet;
  const row = (verb) => ({ verb, number: stop.number, title: stop.title, body: {} });
  const later = stop.on > model.on;
  if (later || sheet.problem) return null;
  if (ON_THE_WAY.has(status)) {
    const verbs = status === "SCHEDULED" ? ["accept", "depart"] : ["depart"];
    return big(gettext("出发"), () => model.record(verbs.map(row)));
  }
  if (status === "EN_ROUTE") return big(gettext("到了"), () => model.record([row("arrive")]));
  return null;
}

const big = (words, press) => h("button.primary.wide.big", { type: "button", onclick: press }, words);

export function panel(sheet, model) {
  return h("div.task", {}, sheet.status === "ARRIVED" ? done(sheet, model) : h("div.sticky", {}, step(sheet, model)), cannot(sheet, model));
}

// Done: how the customer is supplied now, where that is followed; nothing else is asked.
function done(sheet, model) {
  const { task } = sheet;
  const generator = h("input", { name: "generator", maxlength: "40", placeholder: gettext("哪一台，例如 浙E·A1234 发电车"), "aria-label": gettext("应急电源"), hidden: true });
  const note = h("input", { name: "findings", maxlength: "200", placeholder: gettext("要说明的（可不填）"), "aria-label": gettext("情况记录") });
  const error = h("p.error", { role: "alert" });
  const chosen = () => form.querySelector("input[name=supply]:checked")?.value ?? "";
  const options = Object.entries(model.day.supplies).map(([state, label]) =>
    h("label", {}, h("input", { type: "radio", name: "supply", value: state, onchange: () => (generator.hidden = chosen() !== "tied") }), h("span", {}, gettext(label))),
  );
  const form = h(
    "form.card.finish",
    { novalidate: true, "aria-label": gettext("完成任务") },
    task.is_followed && h("fieldset.choices.big", {}, h("legend", {}, gettext("现在怎么供电")), options),
    task.is_followed && generator,
    note,
    error,
    h("div.sticky", {}, h("button.primary.wide.big", { type: "button", onclick: send }, icon("check"), gettext("做完了"))),
  );
  async function send() {
    const supply = chosen();
    if (task.is_followed && !supply) {
      error.textContent = gettext("请点一下现在怎么供电。");
      return;
    }
    if (supply === "tied" && !generator.value.trim()) {
      error.textContent = gettext("请写明接的是哪一台应急电源。");
      return;
    }
    await model.act(sheet, "complete", { findings: note.value, supply, generator: supply === "tied" ? generator.value.trim() : "" });
    toast(fill(gettext("“%(title)s”已完成，记录已保存"), sheet.stop));
    if (location.hash === `#/visit/${sheet.stop.number}`) location.hash = "#/";
  }
  return form;
}

function cannot(sheet, model) {
  const verb = ["decline", "miss"].find((each) => allowed(model.day, sheet.status, each));
  if (!verb) return null;
  return h("button.wide.big.quiet", { type: "button", onclick: () => giveBack(sheet, model, verb) }, gettext("做不了，因为…"));
}

async function giveBack(sheet, model, verb) {
  const said = await ask({
    title: gettext("为什么做不了？"),
    body: [h("p.hint", {}, gettext("指挥长马上看到原因，会另派队伍或装备。"))],
    fields: [
      h("fieldset.choices.big", {}, h("legend.hidden", {}, gettext("原因")), CANNOT.map((reason, place) => h("label", {}, h("input", { type: "radio", name: "reason", value: reason, checked: place === 0 }), reason))),
      h("label.field", {}, gettext("补充"), h("input", { name: "more", maxlength: "120", autocomplete: "off" })),
    ],
    confirm: gettext("报做不了"),
    cancel: gettext("再想想"),
    danger: true,
  });
  if (said) await model.act(sheet, verb, { reason: [said.reason, said.more].filter(Boolean).join("；") });
}
