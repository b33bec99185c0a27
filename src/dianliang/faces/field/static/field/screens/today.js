// Today's route: the next stop first, then the whole day as a line, or as a map.

import { gearWords, kit, skillWords, why } from "../briefing.js";
import { h, icon } from "../dom.js";
import * as home from "../home.js";
import * as positions from "../positions.js";
import { LABELS, isOpen, nextVerb, VERBS } from "../rules.js";
import { clock, dayName, distance, due, fill, gettext, setup } from "../words.js";
import { badge, step } from "./task.js";

export function today(model) {
  const { day, sheets } = model;
  if (!day) return waiting(model);
  const now = sheets.filter((sheet) => sheet.stop.on <= model.on);
  const later = sheets.filter((sheet) => sheet.stop.on > model.on && isOpen(sheet.status));
  const done = now.filter((sheet) => !isOpen(sheet.status)).length;
  const next = now.find((sheet) => sheet.status === "ARRIVED") ?? now.find((sheet) => isOpen(sheet.status));
  return h(
    "div",
    {},
    h("div.title-row", {}, h("h1", {}, dayName(model.on)), now.length > 0 && progress(done, now.length)),
    h(
      "div.desk",
      {},
      h("div", {}, positions.card(), next && nextCard(next, model), acceptAll(now, model), bring(now.filter((sheet) => isOpen(sheet.status)), day, gettext("今天带什么"), false)),
      h("div", {}, now.length === 0 ? empty() : routeOrMap(now, next, model), later.length > 0 && tomorrow(later, day, now.length === 0), h("a.button.wide.post", { href: "#/post" }, icon("plus"), gettext("代客报需求")), invitation()),
    ),
  );
}

function waiting({ sync }) {
  const isAway = sync.phase === "away";
  return h(
    "div.empty",
    {},
    icon(isAway ? "cloud" : "clock"),
    h("h1", {}, isAway ? gettext("手机上还没有今天的路线") : gettext("正在取今天的路线…")),
    h("p", {}, isAway ? gettext("首次使用或数据过期后，请在有网络的地方打开一次。") : ""),
  );
}

function empty() {
  return h(
    "div.empty",
    {},
    icon("route"),
    h("h2", {}, gettext("今天没有安排上门")),
    h("p", {}, gettext("调度员发布计划后会自动出现在这里。")),
  );
}

function progress(done, all) {
  const words = fill(gettext("已结束 %(done)s / %(all)s 单"), { done, all });
  return h(
    "div.progress",
    {},
    h("span", {}, words),
    h("progress", { value: done, max: all, "aria-label": words }),
  );
}

function nextCard(sheet, model) {
  const { stop, status } = sheet;
  const verb = nextVerb(status);
  const go = `#/visit/${stop.number}`;
  const quick = sheet.task && step(sheet, model)
    ? step(sheet, model)
    : verb === "complete"
    ? h("a.button.primary.wide", { href: go }, icon("check"), gettext("填写并完成"))
    : h("button.primary.wide", { type: "button", onclick: () => model.act(sheet, verb) }, VERBS[verb]);
  return h(
    "section.card.next",
    { "aria-labelledby": "next-title" },
    h(
      "div.next-head",
      {},
      h("span.eyebrow", {}, status === "ARRIVED" ? gettext("正在现场") : gettext("下一站")),
      h("span.eta", {}, fill(gettext("%(at)s 到"), { at: clock(stop.arrive_at) })),
    ),
    h("h2", { id: "next-title" }, h("a", { href: go }, stop.title)),
    h("p.where", {}, stop.address || stop.area),
    h("p.facts", {}, facts(sheet)),
    sheet.why.length > 0 && h("p.hint.why", {}, why(sheet.why[0])),
    h(
      "div.pair",
      {},
      h("a.button", { href: sheet.navigation.amap, target: "_blank", rel: "noreferrer" }, icon("navigate"), gettext("导航")),
      sheet.contacts.length > 0 && h("a.button", { href: callUrl(sheet), "data-online": true }, icon("call"), gettext("电话")),
      h("a.button", { href: go }, icon("list"), gettext("详情")),
    ),
    quick,
  );
}

function acceptAll(sheets, model) {
  const waiting = sheets.filter((sheet) => sheet.status === "SCHEDULED" && !sheet.problem);
  if (waiting.length < 2) return null;
  const press = () => model.record(waiting.map(({ stop }) => ({ verb: "accept", number: stop.number, title: stop.title })));
  return h("button.wide.accept-all", { type: "button", onclick: press }, icon("check"), fill(gettext("%(n)s 单全部接下"), { n: waiting.length }));
}

const callUrl = ({ stop, contacts: [first] }) => `${setup.urls.today}visits/${stop.number}/call/${first.slot}/`;

function facts({ stop, care, needs, status, task }) {
  return [
    h(`span.status.s-${status}`, {}, LABELS[status]),
    badge({ task }),
    h("span", {}, far(stop)),
    stop.due_at && h("span", {}, fill(gettext("承诺 %(at)s 前"), { at: due(stop.due_at) })),
    care && h("span.tag.care", {}, gettext(care.kind)),
    needs.some((need) => need.is_danger) && h("span.tag.danger", {}, gettext("涉险")),
  ];
}

function far(stop) {
  const km = distance(stop.travel_m);
  return stop.is_travel_planned ? fill(gettext("路程 %(km)s"), { km }) : fill(gettext("直线约 %(km)s"), { km });
}

function routeOrMap(sheets, next, model) {
  const box = h("div", {});
  const tabs = ["list", "map"].map((view) =>
    h(
      "button.segment",
      { type: "button", "aria-pressed": String(model.view === view), onclick: () => show(view) },
      icon(view),
      view === "list" ? gettext("列表") : gettext("地图"),
    ),
  );
  show(model.view);
  return h("section", { "aria-label": gettext("今天的路线") }, h("div.segments", {}, tabs), box);

  async function show(view) {
    model.view = view;
    tabs.forEach((tab, place) => tab.setAttribute("aria-pressed", String((place === 1) === (view === "map"))));
    if (view === "list") return box.replaceChildren(line(sheets, next));
    const { map } = await import("../map.js");
    return box.replaceChildren(map(sheets, model));
  }
}

function line(sheets, next) {
  const rows = sheets.flatMap((sheet) => [
    sheet.has_lunch_before && h("li.lunch", {}, h("span.dot", {}, icon("meal")), gettext("午休")),
    row(sheet, sheet === next),
  ]);
  return h("ol.line", {}, rows.filter(Boolean));
}

function row(sheet, isNext) {
  const { stop, status, waiting, problem } = sheet;
  const over = !isOpen(status);
  return h(
    `li${over ? ".over" : ""}${isNext ? ".is-next" : ""}`,
    {},
    h("span.dot", { "aria-hidden": "true" }, status === "DONE" ? icon("check") : String(stop.sequence)),
    h(
      "a",
      { href: `#/visit/${stop.number}` },
      h("span.row-head", {}, h("b", {}, clock(stop.arrive_at)), h("span.row-title", {}, stop.title)),
      h("span.where", {}, stop.address || stop.area),
      h(
        "span.facts",
        {},
        h(`span.status.s-${status}`, {}, LABELS[status]),
        badge(sheet),
        !over && h("span", {}, far(stop)),
        waiting > 0 && h("span.tag.saved", {}, gettext("已存手机")),
        problem && h("span.tag.danger", {}, gettext("需处理")),
        sheet.care && h("span.tag.care", {}, gettext(sheet.care.kind)),
      ),
    ),
  );
}

function tomorrow(sheets, day, open) {
  const [first] = sheets;
  const words = fill(gettext("明天 %(n)s 单，%(at)s 到第一家"), { n: sheets.length, at: clock(first.stop.arrive_at) });
  return h(
    "details.card",
    { open },
    h("summary", {}, words),
    bring(sheets, day, gettext("明天带什么"), true),
    h("ol.line", {}, sheets.map((sheet) => row(sheet, false))),
  );
}

// What the day's visits ask for, and whether the car has it.
function bring(sheets, day, title, open) {
  const packs = day.teams
    .map((team) => kit(sheets.filter(({ stop }) => stop.team_code === team.code), team))
    .filter(({ gear, skills }) => gear.length + skills.length > 0);
  if (!packs.length) return null;
  const isShort = packs.some(({ gear, skills }) => gear.some((line) => line.short) || skills.some((line) => !line.holders.length));
  return h(
    "details.card.kit",
    { open },
    h("summary", {}, icon("bag"), title, isShort && h("span.tag.danger", {}, gettext("有缺"))),
    packs.map(({ gear, skills }) => h("ul.plain", {}, gear.map((line) => h(`li${line.short ? ".short" : ""}`, {}, gearWords(line))), skills.map((line) => h(`li${line.holders.length ? "" : ".short"}`, {}, skillWords(line))))),
  );
}

function invitation() {
  const way = home.wayHome();
  if (!way) return null;
  return h(
    "section.card",
    {},
    h("h2", {}, icon("home"), gettext("放到主屏幕")),
    h("p", {}, way === "button" ? gettext("像应用一样一点就开，系统也不会自动清掉手机里的记录。") : gettext("点浏览器的“分享”，再点“添加到主屏幕”：一点就开，记录也不会被系统清掉。")),
    h("div.pair", {}, h("button.quiet", { type: "button", onclick: home.installLater }, gettext("以后再说")), way === "button" && h("button.primary", { type: "button", onclick: home.install }, gettext("添加"))),
  );
}
