// One visit: where, who, what to mind, and the button for what comes next.

import { gearWords, kit, skillWords, why } from "../briefing.js";
import { ask, h, icon } from "../dom.js";
import { LABELS, VERBS, allowed, isOpen, nextVerb } from "../rules.js";
import { isApple } from "../home.js";
import { clock, dayName, distance, fill, gettext, moment, setup } from "../words.js";
import { finish } from "./finish.js";
import { hazards, waiting } from "./hazards.js";
import { inspect } from "./inspect.js";
import { lineReport } from "./line.js";
import { badge, isTask, panel } from "./task.js";
import { watched } from "./watch.js";

const DECLINE_REASONS = [gettext("前一单超时，赶不到"), gettext("车辆或装备故障"), gettext("现场不具备条件"), gettext("不是本队能处理的事")];
const MISS_REASONS = [gettext("敲门无人应，电话无人接"), gettext("电话约定改日"), gettext("地址找不到")];

export function visit(model, number) {
  const sheet = model.sheets.find((each) => each.stop.number === number);
  if (!sheet) return gone();
  const { stop, status } = sheet;
  return h(
    "article.visit",
    {},
    h("a.back", { href: "#/" }, icon("back"), gettext("路线")),
    h("p.facts", {}, h(`span.status.s-${status}`, {}, LABELS[status]), badge(sheet), h("span.number", {}, stop.number)),
    h("h1", {}, stop.title),
    trouble(sheet),
    h("p.where", {}, stop.address || stop.area),
    isOpen(status) && watched(sheet, model),
    status === "ARRIVED"
      ? h("details.card", {}, h("summary", {}, gettext("时间、电话与导航")), times(stop), reach(sheet), brief(sheet, model.day))
      : [times(stop), isOpen(status) && reach(sheet)],
    sheet.care && careCard(sheet.care),
    words(sheet),
    isOpen(status) && status !== "ARRIVED" && brief(sheet, model.day),
    sheet.past.length > 0 && before(sheet.past),
    isOpen(status) && sheet.stop.on <= model.on && lineReport(sheet, model),
    status === "ARRIVED" ? work(sheet, model) : null,
    !isOpen(status) && outcome(sheet),
    isOpen(status) && !isQuick(sheet, model) && h("div.pair.others", {}, others(sheet, model)),
    h("a.button.wide.post", { href: `#/post/${stop.number}` }, icon("plus"), gettext("替这家再报一件事")),
    isOpen(status) && status !== "ARRIVED" && !isQuick(sheet, model) && nextStep(sheet, model),
    isQuick(sheet, model) && status !== "ARRIVED" && panel(sheet, model),
  );
}

// A task of an incident needs no record but one press, unless something is to be looked at there.
function isQuick(sheet, model) {
  return isTask(sheet) && isOpen(sheet.status) && sheet.stop.on <= model.on && !sheet.inspection && sheet.stop.checklist.length === 0;
}

// First what is to be looked at, then the record that ends the visit.
function work(sheet, model) {
  if (sheet.inspection && !sheet.isInspected) return inspect(sheet, model);
  if (waiting(sheet).length > 0) return hazards(sheet, model);
  return isQuick(sheet, model) ? quick(sheet, model) : finish(sheet, model);
}

function quick(sheet, model) {
  return [panel(sheet, model), h("details.card", {}, h("summary", {}, gettext("要拍照、签名：写完整的上门记录")), finish(sheet, model))];
}

function gone() {
  return h(
    "div.empty",
    {},
    icon("route"),
    h("h1", {}, gettext("手机上没有这一单")),
    h("p", {}, gettext("它可能已改派给别的队伍，或数据已过期。")),
    h("a.button.primary", { href: "#/" }, gettext("回到路线")),
  );
}

function trouble({ problem }) {
  return problem && h(
    "a.card.alert",
    { href: "#/outbox" },
    icon("warn"),
    h("span", {}, problem.words || gettext("这一单有记录未被接受，点此处理。")),
  );
}

function times(stop) {
  const rows = [
    [gettext("预计到达"), `${clock(stop.arrive_at)}–${clock(stop.depart_at)}`],
    [gettext("时长"), fill(gettext("%(n)s 分钟"), { n: stop.duration_min })],
    [gettext("路程"), distance(stop.travel_m)],
    stop.due_at && [gettext("承诺时限"), moment(stop.due_at)],
  ];
  return h("dl.card.grid", {}, rows.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function reach({ stop, contacts, navigation }) {
  const callUrl = (slot) => `${setup.urls.today}visits/${stop.number}/call/${slot}/`;
  return h(
    "section.stack",
    { "aria-label": gettext("前往与联系") },
    h(
      "div.pair",
      {},
      h("a.button", { href: navigation.amap, target: "_blank", rel: "noreferrer", "data-offline": isApple ? null : navigation.geo }, icon("navigate"), gettext("高德导航")),
      !isApple && h("a.button", { href: navigation.geo }, icon("map"), gettext("其他地图")),
    ),
    contacts.map((contact) =>
      h(
        "a.button.contact",
        { href: callUrl(contact.slot), "data-online": true },
        icon("call"),
        h("span", {}, `${gettext(contact.who)} ${contact.name}`, h("small", {}, contact.phone)),
      ),
    ),
    contacts.length > 0 && h("p.hint", {}, gettext("号码不存手机，拨打会登记；需要网络。")),
  );
}

// Why this visit comes now, what to bring to it, and who of the crew may do it.
function brief(sheet, day) {
  const team = day.teams.find((each) => each.code === sheet.stop.team_code);
  const { gear, skills } = team ? kit([sheet], team) : { gear: [], skills: [] };
  return h(
    "section.card",
    {},
    h("h2", {}, fill(gettext("为什么排第 %(n)s 站"), { n: sheet.stop.sequence })),
    h("ul.plain", {}, sheet.why.map((reason) => h(`li${reason.code === "late" ? ".short" : ""}`, {}, why(reason)))),
    gear.length + skills.length > 0 && [
      h("h3", {}, icon("bag"), gettext("要带的")),
      h("ul.plain", {}, gear.map((line) => h(`li${line.short ? ".short" : ""}`, {}, gearWords(line))), skills.map((line) => h(`li${line.holders.length ? "" : ".short"}`, {}, skillWords(line)))),
    ],
  );
}

function before(past) {
  return h(
    "section.card",
    {},
    h("h2", {}, icon("history"), gettext("以前来过")),
    past.map((visit) => h("blockquote", {}, visit.words || gettext("没有写情况"), h("footer", {}, `${dayName(visit.on)} · ${visit.team_name} · ${gettext(visit.status_label)}`))),
  );
}

// Both sides prove themselves with the one word that was agreed: we say its first half, the
// customer the second. Nobody who knows only one half comes in, or lets the wrong person in.
function careCard(care) {
  const { password } = care;
  const half = Math.ceil(password.length / 2);
  const show = () =>
    ask({
      title: gettext("上门口令，两头对"),
      body: [
        h("p.hint", {}, gettext("我们先说（或给客户看）")),
        h("p.password", {}, password.slice(0, half)),
        h("p.hint", {}, gettext("客户应当接着说")),
        h("p.password.answer", {}, password.slice(half)),
        h("p", {}, gettext("对不上就不进门：先打电话给联系人或所里。")),
      ],
      cancel: gettext("收起"),
    });
  return h(
    "section.card.care-card",
    { "aria-label": gettext("特殊客户") },
    h("h2", {}, icon("people"), fill(gettext("%(kind)s · %(level)s 级关爱"), { ...care, kind: gettext(care.kind) })),
    password && h("button", { type: "button", onclick: show }, icon("key"), gettext("出示上门口令")),
    care.formats.length > 0 && h("p.notice", {}, icon("people"), fill(gettext("沟通方式：%(how)s"), { how: care.formats.map((name) => gettext(name)).join("、") })),
    care.key_holder && h("p.notice", {}, icon("key"), fill(gettext("钥匙保管人：%(who)s"), { who: care.key_holder })),
    care.outage_note && h("p.notice", {}, icon("warn"), fill(gettext("停电须知：%(note)s"), { note: care.outage_note })),
    care.advice.length > 0 && h("h3", {}, gettext("停电时要做的")),
    h("ol", {}, care.advice.map((line) => h("li", {}, line))),
  );
}

function words({ stop, needs }) {
  const parts = needs.map((need) =>
    h("blockquote", {}, need.is_danger && h("span.tag.danger", {}, gettext("涉险")), need.text, h("footer", {}, need.number)),
  );
  if (stop.detail && !needs.some((need) => need.text === stop.detail)) parts.push(h("p", {}, stop.detail));
  return parts.length > 0 && h("section.card", {}, h("h2", {}, gettext("诉求")), parts);
}

function outcome({ stop, status }) {
  return h(
    "section.card",
    {},
    h("h2", {}, gettext("结果")),
    stop.reason && h("p", {}, stop.reason),
    stop.findings && h("p.findings", {}, stop.findings),
    stop.checked.length > 0 && h("ul.ticks", {}, stop.checked.map((line) => h("li", {}, icon(line.ok ? "check" : "cross"), line.item, line.note && `：${line.note}`))),
    h("p.hint", {}, [
      stop.ended_at && moment(stop.ended_at),
      status === "DONE" && stop.photo_count > 0 && fill(gettext("照片 %(n)s 张"), { n: stop.photo_count }),
      stop.is_signed && gettext("客户已签名"),
    ].filter(Boolean).join(" · ")),
  );
}

function others(sheet, model) {
  const { status } = sheet;
  return [
    status === "ACCEPTED" && h("button", { type: "button", onclick: () => model.act(sheet, "arrive") }, gettext("已经到了")),
    allowed(model.day, status, "miss") && h("button", { type: "button", onclick: () => giveBack(sheet, model, "miss") }, VERBS.miss),
    allowed(model.day, status, "decline") && h("button.quiet", { type: "button", onclick: () => giveBack(sheet, model, "decline") }, VERBS.decline),
  ];
}

function nextStep(sheet, model) {
  const verb = nextVerb(sheet.status);
  const press = () => model.act(sheet, verb);
  // The checklist and the people of a later day are not on the phone yet: begun now, it could not be finished.
  if (sheet.stop.on > model.on && verb !== "accept") {
    return h("p.notice", {}, icon("warn"), fill(gettext("这一单排在 %(day)s，当天再出发；要提前去，请调度员改期。"), { day: dayName(sheet.stop.on) }));
  }
  return h(
    "div.sticky",
    {},
    h("button.primary.wide", { type: "button", disabled: Boolean(sheet.problem), onclick: press }, VERBS[verb]),
  );
}

async function giveBack(sheet, model, verb) {
  const reasons = verb === "miss" ? MISS_REASONS : DECLINE_REASONS;
  const said = await ask({
    title: verb === "miss" ? gettext("家中无人") : gettext("为什么退单？"),
    body: [h("p.hint", {}, gettext("这一单会回到调度员那里，原因他能看到。"))],
    fields: [
      h("fieldset.choices", {}, h("legend.hidden", {}, gettext("原因")), reasons.map((reason, place) => h("label", {}, h("input", { type: "radio", name: "reason", value: reason, checked: place === 0 }), reason))),
      h("label.field", {}, gettext("补充"), h("input", { name: "more", maxlength: "120", autocomplete: "off" })),
    ],
    confirm: verb === "miss" ? gettext("记为未遇") : gettext("退单"),
    cancel: gettext("再想想"),
    danger: true,
  });
  if (said) await model.act(sheet, verb, { reason: [said.reason, said.more].filter(Boolean).join("；") });
}
