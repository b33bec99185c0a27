// What was sent, what waits, and where the server saw it differently: both versions, and a choice.

import { ask, h, icon, toast } from "../dom.js";
import { PROBLEM, VERBS } from "../rules.js";
import { logOut } from "../session.js";
import * as store from "../store.js";
import * as sync from "../sync.js";
import { fill, gettext, moment, setup } from "../words.js";

const STATES = { saved: gettext("已存手机"), sent: gettext("已送达"), conflict: gettext("有冲突"), refused: gettext("未被接受"), dropped: gettext("已放弃") };

export function outbox(model) {
  const groups = problems(model.outbox);
  const stuck = new Set(groups.flat());
  const waits = model.outbox.filter((row) => row.state === "saved" && !stuck.has(row));
  const over = model.outbox.filter((row) => row.state === "sent" || row.state === "dropped").reverse();
  return h(
    "div",
    {},
    h("h1", {}, gettext("同步")),
    standing(model, waits.length, groups.length),
    groups.map((rows) => conflict(rows, model)),
    waits.length > 0 && list(gettext("等待发送"), waits),
    over.length > 0 && list(gettext("已处理"), over),
    h("section.card", {}, h("h2", {}, gettext("账号")), h("p", {}, model.day ? fill(gettext("%(actor_name)s"), model.day) : ""), h("button.wide", { type: "button", onclick: logOut }, gettext("退出登录"))),
  );
}

function standing({ sync: { phase, at, words } }, count, problems) {
  const texts = {
    idle: problems ? fill(gettext("%(n)s 单需要您决定"), { n: problems }) : count ? gettext("等待发送") : gettext("全部已送达"),
    sending: gettext("正在同步…"),
    away: gettext("没有网络。记录已存手机，联网后自动发送。"),
    "logged-out": gettext("登录已过期。记录还在手机上，登录后自动发送。"),
  };
  return h(
    "section.card",
    {},
    h("p.big", {}, icon(problems ? "warn" : phase === "away" ? "cloud" : "check"), texts[phase]),
    words && phase === "away" && h("p.hint", {}, words),
    at && h("p.hint", {}, fill(gettext("上次同步 %(at)s"), { at: moment(at) })),
    phase === "logged-out"
      ? h("a.button.primary.wide", { href: setup.urls.today }, gettext("重新登录"))
      : h("button.wide", { type: "button", onclick: () => sync.now() }, gettext("立即同步")),
  );
}

// A conflict and what followed it on the same visit are one decision.
function problems(rows) {
  const groups = new Map();
  for (const row of rows) {
    const isStuck = groups.has(row.number) && row.state === "saved" && row.verb !== "report";
    if (PROBLEM.has(row.state) || isStuck) groups.set(row.number, [...(groups.get(row.number) ?? []), row]);
  }
  return [...groups.values()];
}

function conflict(rows, model) {
  const [first] = rows;
  const isVisit = model.sheets.some((sheet) => sheet.stop.number === first.number) || first.server;
  return h(
    "section.card.conflict",
    { "aria-label": fill(gettext("%(title)s 需要您决定"), first) },
    h("h2", {}, icon("warn"), first.title),
    h(
      "div.versions",
      {},
      h("div", {}, h("h3", {}, gettext("我的记录")), h("ul", {}, rows.map((row) => h("li", {}, h("b", {}, VERBS[row.verb] ?? row.verb), ` ${moment(row.device_at)}`, mine(row.body))))),
      h("div", {}, h("h3", {}, gettext("服务器")), h("p", {}, first.words), first.server?.findings && h("p.findings", {}, first.server.findings)),
    ),
    isVisit && h("button.primary.wide", { type: "button", onclick: () => report(rows, model) }, gettext("把我的记录报给调度员")),
    first.state === "refused" && first.verb === "complete" && h("button.wide", { type: "button", onclick: () => mend(first, model) }, gettext("修改后再交")),
    first.state === "refused" && h("button.wide", { type: "button", onclick: () => again(rows, model) }, gettext("再试一次")),
    h("button.quiet.wide", { type: "button", onclick: () => drop(rows, model) }, gettext("以服务器为准，放弃我的")),
  );
}

function mine(body) {
  const parts = [
    body.reason,
    body.findings,
    body.photos?.length && fill(gettext("照片 %(n)s 张"), { n: body.photos.length }),
    body.signature?.length && gettext("有签名"),
  ];
  const words = parts.filter(Boolean).join("；");
  return words && h("p.findings", {}, words);
}

async function report(rows, model) {
  const last = rows.findLast((row) => row.verb === "complete" || row.verb === "miss") ?? rows.at(-1);
  const steps = rows.map((row) => `${VERBS[row.verb]} ${moment(row.device_at)}`).join("，");
  const { checklist = [], findings = "", photos = [], signature = [], reason = "" } = last.body;
  const body = { checklist, findings, photos, signature, reason: [steps, reason].filter(Boolean).join("；").slice(0, 200) };
  await model.record({ verb: "report", number: last.number, title: last.title, body });
  for (const row of rows) await store.change(row.key, { state: "dropped", words: gettext("已报给调度员") });
  await model.refresh();
  toast(gettext("已报给调度员"));
}

// Open the record again as it was written.
async function mend(row, model) {
  const { checklist = [], findings = "", photos = [], signature = [] } = row.body;
  await store.keepDraft({ number: row.number, checklist, findings, photos, signature });
  await store.change(row.key, { state: "dropped", words: gettext("已取回修改") });
  await model.refresh();
  location.hash = `#/visit/${row.number}`;
}

// The same things once more under new keys: the old keys have been answered for good.
async function again(rows, model) {
  for (const row of rows) {
    await store.change(row.key, { state: "dropped", words: gettext("已再试") });
    try {
      await model.record({ verb: row.verb, number: row.number, title: row.title, body: row.body });
    } catch (error) {
      await store.change(row.key, { state: row.state, words: row.words });
      throw error;
    }
  }
}

async function drop(rows, model) {
  const said = await ask({
    title: gettext("放弃我的记录？"),
    body: [h("p", {}, gettext("服务器上留有底，但这一单不会按您的记录办。"))],
    confirm: gettext("放弃"),
    cancel: gettext("返回"),
    danger: true,
  });
  if (!said) return;
  for (const row of rows) await store.change(row.key, { state: "dropped", words: gettext("以服务器为准") });
  await model.refresh();
}

function list(title, rows) {
  return h(
    "section",
    {},
    h("h2", {}, title),
    h("ul.log", {}, rows.map((row) => h("li", {}, h("span", {}, h("b", {}, VERBS[row.verb] ?? row.verb), ` ${row.title}`), h("span.hint", {}, `${moment(row.device_at)} · ${STATES[row.state]}${row.words ? ` · ${row.words}` : ""}`)))),
  );
}
