// A steward posts a need for somebody he meets; without a network it waits on the phone.

import { h, icon, press, toast } from "../dom.js";
import * as photos from "../photos.js";
import { spot } from "../spot.js";
import * as store from "../store.js";
import { fill, gettext, setup } from "../words.js";

const DRAFT = "post";
const PHOTOS_MAX = 6;
const DANGER = /着火|起火|冒烟|冒火|火花|触电|漏电|电到|麻手|断线|掉下来|落地|呼吸机|制氧/;

export function post(model, number) {
  const box = h("form.finish", { novalidate: true, "aria-labelledby": "post-title" });
  const from = model.sheets.find(({ stop }) => stop.number === number)?.stop;
  const key = number ? `${DRAFT} ${number}` : DRAFT;
  const fresh = { number: key, text: "", on_behalf_of: "", phone: "", area_code: from?.area_code ?? "", address: from?.address ?? "", spot: null, photos: [] };
  store.draft(key).then((kept) => build(box, model, kept ?? fresh));
  return h("article", {}, h("a.back", { href: number ? `#/visit/${number}` : "#/" }, icon("back"), number ? gettext("这一单") : gettext("路线")), h("h1", { id: "post-title" }, gettext("代客报需求")), box);
}

function build(box, model, record) {
  const keep = () => store.keepDraft(record);
  const busy = new Set();
  const alarm = h("div", { role: "alert" });
  const warn = () => alarm.replaceChildren(DANGER.test(record.text) ? danger() : "");
  box.append(
    h(
      "section.card",
      {},
      field("text", gettext("什么事"), { tag: "textarea", rows: 4, maxlength: "2000", required: true, placeholder: gettext("照客户的话写，例如：王阿婆家灯不亮，一个人住") }, warn),
      alarm,
      field("on_behalf_of", gettext("替谁报（可不填）"), { maxlength: "40", placeholder: gettext("称呼，例如：王阿婆") }),
      field("phone", gettext("联系电话（可不填）"), { type: "tel", inputmode: "tel", maxlength: "24" }),
    ),
    h("section.card", {}, h("h2", {}, gettext("在哪里")), village(), field("address", gettext("地址"), { maxlength: "200", placeholder: gettext("几组几号，旁边有什么") }), here()),
    h("section.card", {}, h("h2", {}, gettext("照片")), gallery()),
    h("p.error", { role: "alert" }),
    h("div.sticky", {}, h("button.primary.wide", {}, icon("check"), gettext("报上去"))),
  );
  warn();
  const send = async () => {
    await Promise.all(busy);
    await submit(box, record, model);
  };
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    press(box.querySelector(".sticky button"), send);
  });

  function field(name, label, { tag = "input", ...attributes }, then) {
    const oninput = ({ target }) => {
      record[name] = target.value;
      keep();
      then?.();
    };
    const input = h(tag, { id: `post-${name}`, autocomplete: "off", oninput, ...attributes });
    input.value = record[name];
    return h("label.field", {}, label, input);
  }

  function village() {
    const places = model.day?.places ?? [];
    const known = places.some((place) => place.code === record.area_code);
    const onchange = ({ target }) => {
      record.area_code = target.value;
      keep();
    };
    const choices = [h("option", { value: "" }, gettext("按地址或位置判断")), ...places.map((place) => h("option", { value: place.code, selected: place.code === record.area_code }, place.name))];
    if (!known) record.area_code = "";
    return h("label.field", {}, gettext("村、社区"), h("select", { onchange }, choices));
  }

  function here() {
    const said = h("span.hint", { role: "status" }, record.spot ? gettext("已带上当前位置") : "");
    const locate = async () => {
      said.textContent = gettext("正在定位…");
      record.spot = await spot();
      said.textContent = record.spot ? fill(gettext("已带上当前位置（误差约 %(m)s 米）"), { m: record.spot.accuracy }) : gettext("没能定位，请选村或写地址。");
      await keep();
    };
    return h("div.title-row", {}, said, h("button", { type: "button", onclick: locate }, icon("pin"), gettext("用当前位置")));
  }

  function gallery() {
    return photos.gallery({
      ids: record.photos,
      most: PHOTOS_MAX,
      number: record.number,
      wait: (promise) => {
        busy.add(promise);
        promise.finally(() => busy.delete(promise));
      },
      onChange: (ids) => {
        record.photos = ids;
        return keep();
      },
    });
  }
}

function danger() {
  return h("p.card.alert", {}, icon("warn"), h("span", {}, gettext("有危险：先让人离开，起火打 119，有人受伤打 120，带电设备打 95598，然后再报。")));
}

async function submit(box, record, model) {
  const error = box.querySelector(".error");
  if (record.text.trim().length < 2) {
    error.textContent = gettext("请写明是什么事。");
    box.querySelector("#post-text").focus();
    return;
  }
  const { text, on_behalf_of, phone, area_code, address, spot: place, photos: shots } = record;
  const token = store.newKey().replaceAll("-", "");
  const body = { text, on_behalf_of, phone, area_code, address, follow: token, photos: shots, ...(place && { spot: place }) };
  await model.record([{ verb: "post_need", number: `NEW-${token.slice(0, 12)}`, title: text.slice(0, 40), body }]);
  await store.dropDraft(record.number);
  toast(gettext("已存手机，联网后自动报上去"));
  location.hash = "#/outbox";
}

// The page where the person can follow what becomes of it; the phone keeps it for a day.
export function followUrl({ body }) {
  return body.follow ? new URL(setup.urls.follow.replace("TOKEN", body.follow), location.href).href : null;
}
