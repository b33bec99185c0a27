// The team's day: who is here, check-in, leave; for a captain also swaps.

import { ask, h, icon } from "../dom.js";
import { LABELS, checkedIn, isOpen, waitsFor } from "../rules.js";
import { span } from "../briefing.js";
import { spot } from "../spot.js";
import { sessions } from "./sessions.js";
import * as time from "../time.js";
import { clock, distance, fill, gettext, setup } from "../words.js";

export function team(model) {
  const { day } = model;
  if (!day) return h("div.empty", {}, icon("people"), h("h1", {}, gettext("还没有队伍的数据")), pages());
  if (!day.teams.length) {
    return h("div.empty", {}, icon("people"), h("h1", {}, gettext("您今天不在任何队伍")), h("p", {}, gettext("请联系队长或调度员。")), pages());
  }
  return h("div.narrow", {}, sessions(model), day.teams.map((each) => section(each, model)), pages());
}

// What concerns a person also on a day without a team: a roster, a task force, an angler seen.
function pages() {
  const { offers, tasks, projects, guarded, missed, duties } = setup.urls;
  const links = [[offers, gettext("抢单与竞单")], [tasks, gettext("我的任务")], [projects, gettext("我的专班")], [guarded, gettext("本村守护事件")], [missed, gettext("报告漏报")], [duties, gettext("我的值班")]];
  return h("p.facts.pages", {}, links.map(([href, words]) => h("a", { href }, words)));
}

function section(each, model) {
  const isCaptain = model.day.role === "captain";
  return h(
    "section",
    {},
    h("h1", {}, each.name),
    h("p.facts", {}, h("span", {}, `${each.shift_starts}–${each.shift_ends}`), h("span", {}, each.unit_name), each.unit_phone && h("a", { href: `tel:${each.unit_phone}` }, each.unit_phone)),
    glance(each, model),
    h("ul.crew", {}, each.crew.map((one) => member(one, each, model, isCaptain))),
    each.away.length > 0 && h("h2", {}, gettext("今天缺勤")),
    h("ul.crew", {}, each.away.map((one) => h("li.card", {}, h("b", {}, one.name), h("span.hint", {}, one.reason), isCaptain && swapButton(one, each, model)))),
    waitsFor(model.outbox, each.code).map((row) => h("p.facts", {}, h("span.tag.saved", {}, gettext("已存手机")), h("span.hint", {}, `${gettext("全队停勤")} ${row.body.reason}`))),
    isCaptain && h("button.danger.wide", { type: "button", onclick: () => offDuty(each, model) }, gettext("全队停勤，任务退回调度员")),
  );
}

// The day at a glance: how far the team is, where it is now, where it goes next.
function glance(each, model) {
  const own = model.sheets.filter(({ stop }) => stop.team_code === each.code && stop.on <= model.on);
  if (!own.length) return h("p.hint", {}, gettext("今天还没有排上门。"));
  const done = own.filter(({ status }) => !isOpen(status)).length;
  const now = own.find(({ status }) => status === "ARRIVED") ?? own.find(({ status }) => status === "EN_ROUTE");
  const next = own.find((sheet) => isOpen(sheet.status) && sheet !== now);
  const words = fill(gettext("已结束 %(done)s / %(all)s 单"), { done, all: own.length });
  return h(
    "section.card.glance",
    { "aria-label": gettext("全队进度") },
    h("div.title-row", {}, h("b", {}, words), behind(now ?? next)),
    h("progress.wide-bar", { value: done, max: own.length, "aria-label": words }),
    now && place(gettext("现在"), now),
    next && place(gettext("下一站"), next),
    !now && !next && h("p.hint", {}, gettext("今天的都结束了。")),
    h("ol.steps", {}, own.map(({ stop, status }) => h(`li.s-${status}`, { title: stop.title, "aria-label": `${stop.sequence} ${stop.title} ${LABELS[status]}` }))),
  );
}

function place(words, { stop, status }) {
  const since = { ARRIVED: stop.arrived_at, EN_ROUTE: stop.departed_at }[status];
  return h(
    "a.at",
    { href: `#/visit/${stop.number}` },
    h("span.eyebrow", {}, words),
    h("span", {}, h("b", {}, `${stop.sequence} ${stop.title}`), h("span.where", {}, stop.address || stop.area), h("span.hint", {}, [LABELS[status], since ? fill(gettext("%(at)s 起"), { at: clock(since) }) : fill(gettext("预计 %(at)s 到"), { at: clock(stop.arrive_at) })].join(" · "))),
  );
}

function behind(sheet) {
  if (!sheet || sheet.status === "ARRIVED") return null;
  const minutes = Math.round((time.now() - Date.parse(sheet.stop.arrive_at)) / 60_000);
  return minutes > 10 && h("span.tag.danger", {}, fill(gettext("比计划晚 %(span)s"), { span: span(minutes) }));
}

function member(one, each, model, isCaptain) {
  const isSelf = one.number === model.day.person_number;
  const isHere = checkedIn(model.day, model.outbox, one.number);
  const mayAct = isSelf || isCaptain;
  return h(
    "li.card",
    {},
    h(
      "div.title-row",
      {},
      h("b", {}, one.name, one.is_captain && h("span.tag", {}, gettext("队长")), isSelf && h("span.tag", {}, gettext("我"))),
      isHere
        ? h("span.status.s-DONE", {}, one.checked_in_at ? fill(gettext("%(at)s 签到"), { at: clock(one.checked_in_at) }) : gettext("已签到"))
        : mayAct && h("button.primary", { type: "button", onclick: () => checkIn(one, each, model) }, gettext("签到")),
    ),
    one.away_m !== null && one.away_m !== undefined && h("p.hint", {}, fill(gettext("签到处离驻地 %(far)s"), { far: distance(one.away_m) })),
    h("p.facts", {}, one.skill_names.map((name) => h("span.tag", {}, name)), one.skill_names.length === 0 && h("span.hint", {}, gettext("无有效证书")), one.replaces && h("span.hint", {}, fill(gettext("替 %(name)s"), { name: one.replaces }))),
    waitsFor(model.outbox, one.number).map((row) => h("p.facts", {}, h("span.tag.saved", {}, gettext("已存手机")), h("span.hint", {}, row.title))),
    mayAct && h("div.pair", {}, h("button.quiet", { type: "button", onclick: () => leave(one, model) }, gettext("请假")), isCaptain && swapButton(one, each, model)),
  );
}

// With the place where the phone is, for somebody who checks himself in: a captain who ticks off
// the others says nothing about where they are.
async function checkIn(one, each, model) {
  const here = one.number === model.day.person_number ? await spot() : null;
  const body = { team: each.code, on: model.on, ...(here && { spot: here }) };
  await model.record([{ verb: "check_in", number: one.number, title: fill(gettext("%(name)s签到"), one), body }]);
}

async function leave(one, model) {
  const said = await ask({
    title: fill(gettext("%(name)s请假"), one),
    body: [h("p.hint", {}, gettext("其余队员做不了的任务会退回调度员。要保住任务，请先换人。"))],
    fields: [
      h("label.field", {}, gettext("原因"), h("input", { name: "reason", required: true, maxlength: "60", autocomplete: "off" })),
      h("label.field", {}, gettext("从"), h("input", { name: "first_on", type: "date", value: model.on, required: true })),
      h("label.field", {}, gettext("到（含）"), h("input", { name: "last_on", type: "date", value: model.on, required: true })),
    ],
    confirm: gettext("请假"),
    cancel: gettext("取消"),
    danger: true,
  });
  if (said) await model.record([{ verb: "report_absence", number: one.number, title: fill(gettext("%(name)s请假"), one), body: said }]);
}

function swapButton(one, each, model) {
  return h("button", { type: "button", onclick: () => swap(one, each, model) }, gettext("换人"));
}

async function swap(one, each, model) {
  const said = await ask({
    title: fill(gettext("谁替%(name)s？"), one),
    body: [h("p.hint", {}, gettext("按今天的任务核对有效证书；没有网络时先存手机，联网后办理。"))],
    fields: [
      each.stand_ins.length
        ? h("fieldset.choices", {}, h("legend.hidden", {}, gettext("人员")), each.stand_ins.map((who) => h("label", {}, h("input", { type: "radio", name: "coming", value: who.number, required: true }), h("span", {}, who.name, h("small", {}, who.skill_names.join("、") || gettext("无有效证书"))))))
        : h("p", {}, gettext("本单位今天没有空闲人员。")),
    ],
    confirm: each.stand_ins.length ? gettext("换人") : null,
    cancel: gettext("取消"),
  });
  if (!said) return;
  const { name } = each.stand_ins.find((who) => who.number === said.coming);
  const title = `${one.name} → ${name}`;
  await model.record([{ verb: "swap", number: one.number, title, body: { team: each.code, coming: said.coming, on: model.on } }]);
}

async function offDuty(each, model) {
  const said = await ask({
    title: fill(gettext("%(name)s全队停勤？"), each),
    body: [h("p", {}, gettext("今天未到场的任务全部退回调度员，队员记为缺勤。"))],
    fields: [h("label.field", {}, gettext("原因"), h("input", { name: "reason", required: true, maxlength: "40", autocomplete: "off" }))],
    confirm: gettext("全队停勤"),
    cancel: gettext("取消"),
    danger: true,
  });
  if (said) await model.record([{ verb: "report_team_absence", number: each.code, title: each.name, body: { reason: said.reason, on: model.on } }]);
}
