// The record of a visit: checklist, findings, photos, signature. Every touch is kept as a draft.

import { h, icon, press, toast } from "../dom.js";
import * as photos from "../photos.js";
import { pad } from "../signature.js";
import * as store from "../store.js";
import { fill, gettext } from "../words.js";

const PHOTOS_MAX = 12;
const FINDINGS_MAX = 2000;

export function finish(sheet, model) {
  const box = h("form.finish", { novalidate: true, "aria-label": gettext("上门记录") });
  store.draft(sheet.stop.number).then((kept) => build(box, sheet, model, kept));
  return box;
}

function build(box, sheet, model, kept) {
  const { number, checklist } = sheet.stop;
  const record = kept ?? { number, checklist: [], findings: "", photos: [], signature: [] };
  record.checklist = checklist.map((item) => record.checklist.find((line) => line.item === item) ?? { item, ok: null, note: "" });
  const keep = () => store.keepDraft(record);
  const busy = new Set(); // pictures that are still being written: nothing is sent without them
  const wait = (promise) => {
    busy.add(promise);
    promise.finally(() => busy.delete(promise));
  };
  box.append(
    h("h2", {}, gettext("上门记录")),
    record.checklist.length > 0 ? ticks(record, keep) : "",
    findings(record, keep),
    gallery(record, keep, number, wait),
    signing(record, keep, number, wait),
    h("p.error", { role: "alert" }),
    h("div.sticky", {}, h("button.primary.wide", {}, icon("check"), gettext("完成这一单"))),
  );
  const send = async () => {
    await Promise.all(busy);
    await submit(box, record, sheet, model);
  };
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    press(box.querySelector(".sticky button"), send);
  });
}

function ticks(record, keep) {
  const all = h("button.quiet", { type: "button" }, gettext("全部做了"));
  const rows = record.checklist.map((line, place) => tick(line, place, keep));
  all.addEventListener("click", () => {
    for (const row of rows) row.querySelector("input[value=yes]").click();
  });
  return h("section.card", {}, h("div.title-row", {}, h("h3", {}, gettext("作业清单")), all), rows);
}

function tick(line, place, keep) {
  const note = h("input", {
    value: line.note,
    maxlength: "100",
    hidden: line.ok !== false,
    placeholder: gettext("为什么没做"),
    "aria-label": fill(gettext("“%(item)s”没做的原因"), line),
    oninput: (event) => {
      line.note = event.target.value;
      keep();
    },
  });
  const choose = (ok) => () => {
    line.ok = ok;
    note.hidden = ok;
    keep();
    if (!ok) note.focus();
  };
  const option = (value, words, ok) =>
    h("label", {}, h("input", { type: "radio", name: `tick-${place}`, value, checked: line.ok === ok, onchange: choose(ok) }), h("span", {}, words));
  return h(
    "fieldset.tick",
    {},
    h("legend", {}, line.item),
    h("div.yes-no", {}, option("yes", gettext("做了"), true), option("no", gettext("没做"), false)),
    note,
  );
}

function findings(record, keep) {
  const area = h("textarea", {
    id: "findings",
    rows: 3,
    maxlength: String(FINDINGS_MAX),
    placeholder: gettext("看到了什么，怎么处理的"),
    oninput: () => {
      record.findings = area.value;
      keep();
    },
  });
  area.value = record.findings;
  return h("section.card", {}, h("h3", {}, h("label", { for: "findings" }, gettext("情况记录"))), area);
}

function gallery(record, keep, number, wait) {
  const onChange = (ids) => {
    record.photos = ids;
    return keep();
  };
  return h("section.card", {}, h("h3", {}, gettext("照片")), photos.gallery({ ids: record.photos, most: PHOTOS_MAX, number, wait, onChange }));
}

function signing(record, keep, number, wait) {
  const onChange = (id) => {
    record.signature = id ? [id] : [];
    return keep();
  };
  return h("section.card", {}, h("h3", {}, gettext("客户签名")), pad({ number, kept: record.signature[0], onChange, wait }));
}

async function submit(box, record, sheet, model) {
  const hole = record.checklist.find((line) => line.ok === null || (!line.ok && !line.note.trim()));
  const error = box.querySelector(".error");
  if (hole) {
    const words = hole.ok === null ? gettext("作业清单“%(item)s”还没有填。") : gettext("请写明“%(item)s”没做的原因。");
    error.textContent = fill(words, hole);
    error.scrollIntoView({ block: "center" });
    return;
  }
  error.textContent = "";
  const { checklist, findings: text, photos: shots, signature } = record;
  await model.act(sheet, "complete", { checklist, findings: text, photos: shots, signature });
  await store.dropDraft(sheet.stop.number);
  toast(fill(gettext("“%(title)s”已完成，记录已保存"), sheet.stop));
  if (location.hash === `#/visit/${sheet.stop.number}`) location.hash = "#/"; // or he has moved on
}
