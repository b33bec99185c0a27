// An inspection: every item of the checklist, hazards with photos, a signature. All is kept as a
// draft at every touch, and sent as one record.

import { h, icon, press, toast } from "../dom.js";
import * as photos from "../photos.js";
import { pad } from "../signature.js";
import * as store from "../store.js";
import { fill, gettext } from "../words.js";

const PHOTOS_MAX = 40;
const EACH_MAX = 4;
const VALUES = { ok: gettext("合格"), not_ok: gettext("不合格"), na: gettext("不涉及") };

export function inspect(sheet, model) {
  const box = h("form.finish.inspection", { novalidate: true, "aria-label": gettext("检查记录") });
  const current = model.day.checklists[sheet.inspection];
  store.draft(nameOf(sheet)).then((kept) => build(box, sheet, model, record(kept, sheet, current)));
  return box;
}

const nameOf = ({ stop }) => `inspect ${stop.number}`;

// What was begun by an older version of the checklist is finished by that version: the draft has it.
function record(kept, sheet, list) {
  return kept ?? { number: nameOf(sheet), list, answers: {}, hazards: [], photos: [], signature: [], signer: "", unsigned_reason: "", remarks: "" };
}

function build(box, sheet, model, kept) {
  const { list } = kept;
  const busy = new Set();
  const wait = (promise) => {
    busy.add(promise);
    promise.finally(() => busy.delete(promise));
  };
  const keep = () => {
    kept.photos = picturesOf(kept);
    return store.keepDraft(kept);
  };
  const form = { day: model.day, kept, keep, wait, number: sheet.stop.number };
  box.append(
    h("h2", {}, list.name),
    h("p.hint", {}, fill(gettext("第 %(n)s 版 · %(edition)s · 共 %(m)s 项"), { n: list.number, edition: list.edition, m: list.items.length })),
    ...list.items.map((item) => line(item, form)),
    receipt(form),
    h("p.error", { role: "alert" }),
    h("div.sticky", {}, h("button.primary.wide", {}, icon("check"), gettext("保存检查"))),
  );
  const send = async () => {
    await Promise.all(busy);
    await submit(box, sheet, model, kept);
  };
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    press(box.querySelector(".sticky button"), send);
  });
}

function line(item, form) {
  const answer = (form.kept.answers[item.code] ??= { value: "", number: null, note: "", photos: [] });
  const found = h("div.found", {});
  const show = () => found.replaceChildren(...hazardsOf(item, answer, form));
  const change = (value) => {
    answer.value = value;
    const own = form.kept.hazards.filter((hazard) => hazard.code === item.code);
    if (value === "not_ok" && !own.length) form.kept.hazards.push(fresh(item));
    if (value !== "not_ok") form.kept.hazards = form.kept.hazards.filter((hazard) => hazard.code !== item.code);
    show();
    return form.keep();
  };
  show();
  return h(
    "fieldset.card.item",
    { id: `item-${item.code}` },
    h("legend", {}, `${item.code} ${item.wording}`),
    item.kind === "number" ? measured(item, answer, change) : choices(item, answer, change),
    item.basis && h("p.hint", {}, item.basis),
    item.needs_photo && gallery(form, { ids: answer.photos, most: EACH_MAX, id: `shot-${item.code}` }, (ids) => (answer.photos = ids)),
    found,
  );
}

function choices(item, answer, change) {
  const option = (value) => h("label", {}, h("input", { type: "radio", name: `item-${item.code}`, value, checked: answer.value === value, onchange: () => change(value) }), h("span", {}, VALUES[value]));
  return h("div.yes-no.three", {}, Object.keys(VALUES).map(option));
}

function measured(item, answer, change) {
  const said = h("span.hint", { role: "status" });
  const judge = (number) => (number === null ? "" : number >= item.least && number <= item.most ? "ok" : "not_ok");
  const tell = () => (said.textContent = answer.value ? VALUES[answer.value] : fill(gettext("合格范围 %(least)s–%(most)s %(unit)s"), item));
  const input = h("input", {
    type: "number",
    step: "any",
    inputmode: "decimal",
    "aria-label": fill(gettext("%(wording)s（%(unit)s）"), item),
    oninput: ({ target }) => {
      answer.number = Number.isFinite(target.valueAsNumber) ? target.valueAsNumber : null;
      absent.checked = false;
      change(judge(answer.number));
      tell();
    },
  });
  const absent = h("input", {
    type: "checkbox",
    checked: answer.value === "na",
    onchange: ({ target }) => {
      if (target.checked) {
        answer.number = null;
        input.value = "";
      }
      change(target.checked ? "na" : judge(answer.number));
      tell();
    },
  });
  if (answer.number !== null) input.value = answer.number;
  tell();
  return h("div.measured", {}, h("label.field", {}, h("span", {}, item.unit), input), said, h("label.check", {}, absent, VALUES.na));
}

const fresh = (item) => ({ code: item.code, words: "", class: item.hazard_class, party: item.party, days: item.deadline_days, photos: [], fixed: [] });

function hazardsOf(item, answer, form) {
  if (answer.value !== "not_ok") return [];
  const own = form.kept.hazards.filter((hazard) => hazard.code === item.code);
  const cards = own.map((hazard, place) => card(item, hazard, place, form));
  const another = () => {
    form.kept.hazards.push(fresh(item));
    form.keep();
    box.replaceChildren(...hazardsOf(item, answer, form));
  };
  const box = h("div.stack", {}, cards, h("button.quiet", { type: "button", onclick: another }, icon("plus"), gettext("这一项再记一处")));
  return [box];
}

function card(item, hazard, place, form) {
  const name = `${item.code}-${place}`;
  const set = (field, read = (value) => value) => ({ target }) => {
    hazard[field] = read(target.value);
    form.keep();
  };
  const select = (field, label, options) =>
    h("label.field", {}, label, h("select", { onchange: set(field) }, Object.entries(options).map(([value, words]) => h("option", { value, selected: hazard[field] === value }, gettext(words)))));
  const words = h("textarea", { rows: 2, maxlength: "300", placeholder: item.advice, oninput: set("words") });
  words.value = hazard.words;
  const days = h("input", { type: "number", min: "1", max: "90", inputmode: "numeric", oninput: set("days", Number) });
  days.value = hazard.days;
  return h(
    "section.hazard",
    { "aria-label": fill(gettext("隐患 %(name)s"), { name }) },
    h("h3", {}, icon("warn"), gettext("隐患")),
    h("label.field", {}, gettext("现场情况"), words),
    h("div.pair", {}, select("class", gettext("等级"), form.day.classes), select("party", gettext("责任方"), form.day.parties)),
    h("label.field", {}, gettext("整改期限（天）"), days),
    h("p.hint", {}, gettext("隐患照片（必须）")),
    gallery(form, { ids: hazard.photos, most: 1, id: `hazard-${name}` }, (ids) => (hazard.photos = ids)),
    h("p.hint", {}, gettext("当场整改好了？再拍一张整改后的")),
    gallery(form, { ids: hazard.fixed, most: 1, id: `fixed-${name}` }, (ids) => (hazard.fixed = ids)),
  );
}

function gallery(form, options, set) {
  const onChange = (ids) => {
    set(ids);
    return form.keep();
  };
  return photos.gallery({ ...options, number: form.number, wait: form.wait, onChange });
}

function receipt({ kept, keep, wait, number }) {
  const onChange = (id) => {
    kept.signature = id ? [id] : [];
    return keep();
  };
  const text = (field, label, maxlength) => {
    const input = h("input", {
      maxlength,
      autocomplete: "off",
      oninput: ({ target }) => {
        kept[field] = target.value;
        keep();
      },
    });
    input.value = kept[field];
    return h("label.field", {}, label, input);
  };
  return h(
    "section.card",
    {},
    h("h3", {}, gettext("签收")),
    h("p.hint", {}, gettext("签名表示已告知检查结果，并收到整改通知。")),
    text("signer", gettext("签收人"), "40"),
    pad({ number, kept: kept.signature[0], onChange, wait }),
    text("unsigned_reason", gettext("没有签名的原因"), "120"),
    text("remarks", gettext("备注"), "300"),
  );
}

// Every picture of the record once, in a fixed order: answers and hazards name them by place.
function picturesOf({ answers, hazards }) {
  const ids = [...Object.values(answers).flatMap((answer) => answer.photos), ...hazards.flatMap((hazard) => [...hazard.photos, ...hazard.fixed])];
  return [...new Set(ids)];
}

async function submit(box, sheet, model, kept) {
  const [code, words] = hole(kept) ?? [];
  box.querySelector(".error").textContent = words ?? "";
  if (words) {
    (box.querySelector(`#item-${code}`) ?? box.querySelector(".error")).scrollIntoView({ block: "center" });
    return;
  }
  await store.keepDraft(kept); // stays until the server has it: what is refused is opened again
  await model.act(sheet, "inspect", bodyOf(kept));
  toast(fill(gettext("检查已存手机：%(n)s 条隐患"), { n: kept.hazards.length }));
}

function bodyOf(kept) {
  const { list } = kept;
  const shots = picturesOf(kept);
  const at = (ids) => (ids.length ? shots.indexOf(ids[0]) : null);
  return {
    checklist: list.code,
    version: list.number,
    answers: list.items.map(({ code }) => {
      const { value, number, note, photos: own } = kept.answers[code];
      return { code, value, number, note, photos: own.map((id) => shots.indexOf(id)) };
    }),
    hazards: kept.hazards.map((hazard) => ({ code: hazard.code, words: hazard.words, class: hazard.class, party: hazard.party, days: hazard.days, photo: at(hazard.photos), fixed: at(hazard.fixed) })),
    photos: shots,
    signature: kept.signature,
    signer: kept.signer,
    unsigned_reason: kept.signature.length ? "" : kept.unsigned_reason,
    remarks: kept.remarks,
  };
}

// Name the first thing that is missing; the server checks the same again.
function hole(kept) {
  for (const item of kept.list.items) {
    const answer = kept.answers[item.code];
    const own = kept.hazards.filter((hazard) => hazard.code === item.code);
    if (!answer.value) return [item.code, fill(gettext("“%(wording)s”还没有填。"), item)];
    if (own.some((hazard) => !hazard.photos.length)) return [item.code, fill(gettext("“%(wording)s”的隐患没有照片。"), item)];
    if (own.some((hazard) => !(hazard.days >= 1))) return [item.code, fill(gettext("“%(wording)s”的整改期限不对。"), item)];
    if (item.needs_photo && answer.value !== "na" && !answer.photos.length && !own.length) return [item.code, fill(gettext("“%(wording)s”必须拍照。"), item)];
  }
  if (!kept.signature.length && !kept.unsigned_reason.trim()) return ["", gettext("请客户签名，或写明没有签名的原因。")];
  if (picturesOf(kept).length > PHOTOS_MAX) return ["", fill(gettext("照片最多 %(n)s 张，请删去一些。"), { n: PHOTOS_MAX })];
  return null;
}
