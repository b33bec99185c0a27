// Today's sessions: who is to come, who has come, who has gone. Works without a network.

import { h } from "../dom.js";
import { noted } from "../rules.js";
import { spot } from "../spot.js";
import * as time from "../time.js";
import { clock, fill, gettext } from "../words.js";

const EARLY_MS = 3_600_000;

export function sessions(model) {
  const { sessions: own = [] } = model.day;
  return own.length > 0 && h("section", { "aria-label": gettext("今天的活动") }, h("h1", {}, gettext("今天的活动")), own.map((each) => card(each, model)));
}

function card(session, model) {
  const here = session.people.filter((one) => hasCome(session, one, model)).length;
  return h(
    "section.card",
    {},
    h("b", {}, session.title),
    h("p.facts", {}, h("span", {}, `${clock(session.starts_at)}–${clock(session.ends_at)}`), h("span", {}, session.place), h("span.tag", {}, fill(gettext("已到 %(here)s / %(all)s"), { here, all: session.people.length }))),
    session.people.length === 0 && h("p.hint", {}, gettext("还没有人报名。")),
    h("ul.crew", {}, session.people.map((one) => person(session, one, model))),
  );
}

function person(session, one, model) {
  const hasGone = one.checked_out_at || noted(model.outbox, session, one, "go");
  const waits = ["attend", "go"].some((verb) => noted(model.outbox, session, one, verb));
  const step = hasGone ? null : hasCome(session, one, model) ? ["go", gettext("签退")] : ["attend", gettext("签到")];
  return h(
    "li",
    { "aria-label": one.name },
    h("div.title-row", {}, h("span", {}, h("b", {}, one.name), " ", h("span.hint", {}, one.status === "WAITING" ? gettext("候补") : one.role_label)), step ? h("button.primary", { type: "button", disabled: isEarly(session), onclick: () => note(step, session, one, model) }, step[1]) : h("span.status.s-DONE", {}, gettext("已签退"))),
    one.checked_in_at && h("span.hint", {}, fill(gettext("%(at)s 签到"), { at: clock(one.checked_in_at) })),
    waits && h("span.tag.saved", {}, gettext("已存手机")),
  );
}

function hasCome(session, one, model) {
  return Boolean(one.checked_in_at) || noted(model.outbox, session, one, "attend");
}

function isEarly(session) {
  return time.now() < Date.parse(session.starts_at) - EARLY_MS;
}

async function note([verb, words], session, one, model) {
  const here = await spot();
  const body = { person: one.number, ...(here && { spot: here }) };
  await model.record([{ verb, number: session.number, title: `${session.title} ${one.name} ${words}`, body }]);
}
