// What was sent, what waits, and where the server saw it differently: both versions, and a choice.

import { ask, h, icon, toast } from "../dom.js";
import * as home from "../home.js";
import { FREE, PROBLEM, VERBS } from "../rules.js";
import { logOut } from "../session.js";
import * as store from "../store.js";
import * as sync from "../sync.js";
import * as time from "../time.js";
import { span } from "../briefing.js";
import { followUrl } from "./post.js";
import { fill, gettext, moment, setup } from "../words.js";

const MENDED = new Set(["complete", "post_need", "inspect", "recheck", "rectify"]);
const FINDINGS_MAX = 1500;
const PHOTOS_MAX = 11;
const STATES = { saved: gettext("已存手机"), sent: gettext("已送达"), conflict: gettext("有冲突"), refused: gettext("未被接受"), dropped: gettext("已放弃") };

export function outbox(model) {
  const groups = problems(model.outbox);
  const stuck = new Set(groups.flat());
  const waits = model.outbox.filter((row) => row.state === "saved" && !stuck.has(row));
  const over = model.outbox.filter((row) => row.state === "sent" || row.state === "dropped").reverse();
  return h(
    "div.narrow",
    {},
    h("h1", {}, gettext("同步")),
    standing(model, waits.length, groups.length),
    groups.map((rows) => conflict(rows, model)),
    waits.length > 0 && list(gettext("等待发送"), waits),
    over.length > 0 && list(gettext("已处理"), over),
    others(),
    phone(),
    looks(),
    h("section.card", {}, h("h2", {}, gettext("账号")), h("p", {}, model.day ? model.day.actor_name : ""), h("button.wide", { type: "button", onclick: logOut }, gettext("退出登录"))),
  );
}

function standing({ sync: { phase, at, words } }, count, problems) {
  const texts = {
    idle: problems ? fill(gettext("%(n)s 单需要您决定"), { n: problems }) : count ? gettext("等待发送") : gettext("全部已送达"),
    sending: gettext("正在同步…"),
    away: gettext("没有网络。记录已存手机，联网后自动发送。"),
    refused: gettext("服务器没有接受，记录还在手机上。"),
    "logged-out": gettext("登录已过期。记录还在手机上，登录后自动发送。"),
  };
  return h(
    "section.card",
    {},
    h("p.big", {}, icon(problems || phase === "refused" ? "warn" : phase === "away" ? "cloud" : "check"), texts[phase]),
    words && ["away", "refused"].includes(phase) && h("p.hint", {}, words),
    at && h("p.hint", {}, fill(gettext("上次同步 %(at)s"), { at: moment(at) })),
    phase === "logged-out"
      ? h("a.button.primary.wide", { href: setup.urls.today }, gettext("重新登录"))
      : h("button.wide", { type: "button", onclick: () => sync.now() }, gettext("立即同步")),
  );
}

// Somebody else's work that waits on this phone: nobody can send it but him.
function others() {
  const left = store.leftBehind();
  return left.length > 0 && h(
    "section.card",
    {},
    h("h2", {}, icon("people"), gettext("别人留在这部手机上的")),
    h("ul.plain", {}, left.map(({ name, count }) => h("li", {}, fill(gettext("%(name)s：%(count)s 项没有送达，请本人登录后发送"), { name, count })))),
  );
}

function phone() {
  const { isSafe, used, room } = home.state;
  const wrong = Math.round(Math.abs(time.error()) / 60_000);
  const ahead = time.error() > 0 ? gettext("手机时钟快了 %(span)s，记录已按服务器时间校正。") : gettext("手机时钟慢了 %(span)s，记录已按服务器时间校正。");
  return h(
    "section.card",
    {},
    h("h2", {}, gettext("这部手机")),
    isSafe !== null && h("p", {}, icon(isSafe ? "check" : "warn"), isSafe ? gettext("系统不会自动清除没送达的记录。") : gettext("空间紧张时系统可能清除记录：请放到主屏幕，并尽快联网发送。")),
    room > 0 && h("p.hint", {}, fill(gettext("已用 %(used)s MB，还可存 %(room)s MB"), { used: mega(used), room: mega(room) })),
    wrong > 0 && h("p.notice", { role: "status" }, icon("clock"), fill(ahead, { span: span(wrong) })),
  );
}

const mega = (bytes) => Math.round(bytes / 2 ** 20);

function looks() {
  const names = { auto: gettext("跟随系统"), sun: gettext("强光"), night: gettext("夜间") };
  return h(
    "section.card",
    {},
    h("h2", {}, icon("sun"), gettext("显示")),
    h("div.segments.three", {}, Object.entries(names).map(([name, words]) => h("button.segment", { type: "button", "aria-pressed": String(home.look() === name), onclick: () => home.choose(name) }, words))),
  );
}

// A conflict and what followed it on the same visit are one decision.
function problems(rows) {
  const groups = new Map();
  for (const row of rows) {
    const isStuck = groups.has(row.number) && row.state === "saved" && !FREE.has(row.verb);
    if (PROBLEM.has(row.state) || isStuck) groups.set(row.number, [...(groups.get(row.number) ?? []), row]);
  }
  return [...groups.values()];
}

function conflict(rows, model) {
  const [first] = rows;
  const isVisit = model.sheets.some((sheet) => sheet.stop.number === first.number) || first.server;
  const isReadable = rows.every((row) => !row.isSealed);
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
    isVisit && isReadable && h("button.primary.wide", { type: "button", onclick: () => report(rows, model) }, gettext("把我的记录报给调度员")),
    first.state === "refused" && isReadable && MENDED.has(first.verb) && h("button.wide", { type: "button", onclick: () => mend(first, model) }, gettext("修改后再交")),
    first.state === "refused" && isReadable && h("button.wide", { type: "button", onclick: () => again(rows, model) }, gettext("再试一次")),
    h("button.quiet.wide", { type: "button", onclick: () => drop(rows, model) }, gettext("以服务器为准，放弃我的")),
  );
}

function mine(body) {
  const parts = [
    body.reason,
    body.findings,
    body.answers && foundWords(body),
    body.hazard && [body.hazard, body.words].filter(Boolean).join(" "),
    body.photos?.length && fill(gettext("照片 %(n)s 张"), { n: body.photos.length }),
    body.signature?.length && gettext("有签名"),
  ];
  const words = parts.filter(Boolean).join("；");
  return words && h("p.findings", {}, words);
}

const foundWords = ({ answers, hazards }) => fill(gettext("检查 %(n)s 项，隐患 %(m)s 条"), { n: answers.length, m: hazards.length }) + hazards.map((hazard) => `；${hazard.code} ${hazard.words}`).join("");

// Of a repair nobody has judged yet whether it is right.
function verdict({ passed }) {
  if (passed === undefined) return VERBS.rectify;
  return passed ? gettext("合格") : gettext("复查不合格");
}

async function report(rows, model) {
  const last = rows.findLast((row) => row.verb === "complete" || row.verb === "miss") ?? rows.at(-1);
  const seen = rows.filter(({ body }) => body.answers || body.hazard);
  const said = seen.map(({ body }) => (body.answers ? foundWords(body) : `${body.hazard} ${verdict(body)} ${body.words}`));
  const shots = seen.flatMap(({ body }) => body.photos);
  const steps = rows.map((row) => `${VERBS[row.verb]} ${moment(row.device_at)}`).join("，");
  const { checklist = [], findings = "", photos = [], signature = [], reason = "" } = last.body;
  const ticked = Array.isArray(checklist) ? checklist : [];
  const text = [findings, ...said].filter(Boolean).join("\n").slice(0, FINDINGS_MAX);
  const pictures = [...new Set([...photos, ...shots])].slice(0, PHOTOS_MAX);
  const body = { checklist: ticked, findings: text, photos: pictures, signature, reason: [steps, reason].filter(Boolean).join("；").slice(0, 200) };
  const report = { verb: "report", number: last.number, title: last.title, body };
  await model.record([report], { retire: keys(rows), words: gettext("已报给调度员") });
  toast(gettext("已报给调度员"));
}

// Open the record again as it was written.
async function mend(row, model) {
  const isNeed = row.verb === "post_need";
  if (row.verb === "inspect" || row.body.hazard) {
    await store.drop([row.key], gettext("已取回修改")); // its draft is still there
    await model.refresh();
    location.hash = `#/visit/${row.number}`;
    return;
  }
  const { checklist = [], findings = "", photos = [], signature = [] } = row.body;
  await store.keepDraft(isNeed ? { ...row.body, number: "post" } : { number: row.number, checklist, findings, photos, signature });
  await store.drop([row.key], gettext("已取回修改"));
  await model.refresh();
  location.hash = isNeed ? "#/post" : `#/visit/${row.number}`;
}

// The same things once more under new keys: the old keys have been answered for good.
async function again(rows, model) {
  await model.record(rows, { retire: keys(rows), words: gettext("已再试") });
}

const keys = (rows) => rows.map((row) => row.key);

async function drop(rows, model) {
  const said = await ask({
    title: gettext("放弃我的记录？"),
    body: [h("p", {}, gettext("服务器上留有底，但这一单不会按您的记录办。"))],
    confirm: gettext("放弃"),
    cancel: gettext("返回"),
    danger: true,
  });
  if (!said) return;
  await store.drop(keys(rows), gettext("以服务器为准"));
  await model.refresh();
}

function list(title, rows) {
  return h(
    "section",
    {},
    h("h2", {}, title),
    h("ul.log", {}, rows.map((row) => h("li", {}, h("span", {}, h("b", {}, VERBS[row.verb] ?? row.verb), ` ${row.title}`), h("span.hint", {}, `${moment(row.device_at)} · ${STATES[row.state]}${row.words ? ` · ${row.words}` : ""}`), row.state === "sent" && followUrl(row) && h("a.follow", { href: followUrl(row), target: "_blank", rel: "noreferrer" }, gettext("跟踪页（可转给客户）"))))),
  );
}
