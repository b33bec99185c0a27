// What a camera saw where the team is sent: the picture with covered heads, and what was true of it.

import { h, icon, press, toast } from "../dom.js";
import * as store from "../store.js";
import { fill, gettext, moment } from "../words.js";

const TRIES = 5;
const LATER_MS = 2000;
const VERDICTS = [["TRUE", gettext("属实，已劝离"), ".primary"], ["FALSE", gettext("误报"), ""], ["UNCLEAR", gettext("看不清"), ""]];

export const unanswered = (sheet) => (sheet.watched ?? []).filter((event) => !sheet.answered.includes(event.number));

export function watched(sheet, model) {
  return unanswered(sheet).map((event) => card(event, sheet, model));
}

function card(event, sheet, model) {
  const words = h("input", { maxlength: "200", autocomplete: "off" });
  const answer = (verdict) => async () => {
    await model.act(sheet, "answer_watch", { event: event.number, verdict, words: words.value.trim() });
    toast(fill(gettext("%(number)s 已记下"), event));
  };
  const button = ([verdict, label, style]) => {
    const made = h(`button.wide${style}`, { type: "button" }, label);
    made.addEventListener("click", () => press(made, answer(verdict)));
    return made;
  };
  return h(
    "section.card.watch",
    { "aria-label": fill(gettext("守护事件 %(number)s"), event) },
    h("h2", {}, icon("warn"), gettext("摄像机看到")),
    h("p.facts", {}, h("span.tag", {}, gettext(event.kind_label)), h("span", {}, `${event.voltage_kv} kV`), h("span", {}, fill(gettext("%(n)s 人"), { n: event.people })), h("span.number", {}, moment(event.happened_at))),
    event.has_snapshot && snapshot(event),
    h("ul.plain", {}, event.reasons.map((reason) => h("li", {}, reason))),
    h("p.hint", {}, gettext("画面从不识别任何人，人头已打码。不要拍下人脸，不要写姓名。")),
    sheet.status === "ARRIVED" && [h("label.field", {}, gettext("现场说明"), words), VERDICTS.map(button)],
  );
}

function snapshot(event) {
  const figure = h("figure.before", {}, h("figcaption.hint", {}, gettext("预警时的画面")));
  const show = async (tries) => {
    const blob = await store.picture(event.number);
    if (!blob) return tries > 0 && setTimeout(show, LATER_MS, tries - 1); // it is perhaps on its way
    const url = URL.createObjectURL(blob);
    return figure.prepend(h("img", { src: url, alt: gettext("预警时的画面"), onload: () => URL.revokeObjectURL(url) }));
  };
  show(TRIES);
  return figure;
}
