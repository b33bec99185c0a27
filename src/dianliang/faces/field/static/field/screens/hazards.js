// Hazards that a visit has to put right or to look at again: the photo before, a photo now, a word.

import { h, icon, press, toast } from "../dom.js";
import * as photos from "../photos.js";
import * as store from "../store.js";
import { fill, gettext, moment } from "../words.js";

const TRIES = 5;
const LATER_MS = 2000;

export const waiting = (sheet) => sheet.hazards.filter((hazard) => !sheet.judged.includes(hazard.number));

export function hazards(sheet, model) {
  return h("div.stack", {}, waiting(sheet).map((hazard) => card(hazard, sheet, model)));
}

function card(hazard, sheet, model) {
  const box = h("section.card.hazard", { "aria-label": fill(gettext("隐患 %(number)s"), hazard) });
  const name = `hazard ${hazard.number}`;
  store.draft(name).then((kept) => build(box, hazard, sheet, model, kept ?? { number: name, words: "", photos: [] }));
  return box;
}

function build(box, hazard, sheet, model, kept) {
  const busy = new Set();
  const wait = (promise) => {
    busy.add(promise);
    promise.finally(() => busy.delete(promise));
  };
  const error = h("p.error", { role: "alert" });
  const words = h("textarea", {
    rows: 2,
    maxlength: "200",
    oninput: () => {
      kept.words = words.value;
      store.keepDraft(kept);
    },
  });
  words.value = kept.words;
  const onChange = (ids) => {
    kept.photos = ids;
    return store.keepDraft(kept);
  };
  const send = async (verb, passed) => {
    await Promise.all(busy);
    const missing = lack(verb, passed, kept);
    error.textContent = missing ?? "";
    if (missing) return;
    const body = { hazard: hazard.number, words: kept.words, photos: kept.photos, ...(verb === "recheck" && { passed }) };
    await model.act(sheet, verb, body);
    toast(fill(gettext("%(number)s 已记下"), hazard));
  };
  const button = (style, label, verb, passed) => {
    const made = h(`button.wide${style}`, { type: "button" }, label);
    made.addEventListener("click", () => press(made, () => send(verb, passed)));
    return made;
  };
  const isRecheck = hazard.task === "recheck";
  box.append(
    h("h2", {}, icon("warn"), isRecheck ? gettext("复查隐患") : gettext("消除隐患")),
    h("p.facts", {}, h("span.tag", {}, gettext(hazard.class_label)), h("span.number", {}, hazard.number)),
    h("p", {}, h("b", {}, hazard.item), hazard.words && `：${hazard.words}`),
    hazard.advice && h("p", {}, gettext("整改要求："), hazard.advice),
    h("p.hint", {}, fill(gettext("期限 %(at)s"), { at: moment(hazard.due_at) })),
    before(hazard),
    hazard.claim_words && h("blockquote", {}, hazard.claim_words),
    h("p.hint", {}, gettext("现在的样子（必须拍照，和整改前同一角度）")),
    photos.gallery({ ids: kept.photos, most: 1, number: sheet.stop.number, wait, onChange, id: `now-${hazard.number}` }),
    h("label.field", {}, isRecheck ? gettext("复查说明") : gettext("整改说明"), words),
    error,
    ...(isRecheck
      ? [button(".primary", gettext("复查合格，销号"), "recheck", true), button("", gettext("复查不合格"), "recheck", false)]
      : [button(".primary", gettext("报整改"), "rectify")]),
  );
}

function before(hazard) {
  const figure = h("figure.before", {}, h("figcaption.hint", {}, gettext("整改前")));
  const show = async (tries) => {
    const blob = await store.picture(hazard.number);
    if (!blob) return tries > 0 && setTimeout(show, LATER_MS, tries - 1); // it is perhaps on its way
    const url = URL.createObjectURL(blob);
    return figure.prepend(h("img", { src: url, alt: gettext("整改前"), onload: () => URL.revokeObjectURL(url) }));
  };
  show(TRIES);
  return figure;
}

function lack(verb, passed, kept) {
  if (verb === "recheck" && !passed) return kept.words.trim() ? null : gettext("请写明哪里还不合格。");
  return kept.photos.length ? null : gettext("没有照片不能销号，请在现场拍照。");
}
