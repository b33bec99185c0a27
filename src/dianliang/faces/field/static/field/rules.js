// The rules on the device: what the server's table allows, seen through what was done since.

import { gettext } from "./words.js";

const UNSETTLED = new Set(["saved"]);
export const FREE = new Set(["report", "inspect", "attend", "go", "advance"]);
export const PROBLEM = new Set(["conflict", "refused"]);
const NEXT = { SCHEDULED: "accept", ACCEPTED: "depart", EN_ROUTE: "arrive", ARRIVED: "complete" };

export const LABELS = {
  SCHEDULED: gettext("待接单"),
  ACCEPTED: gettext("已接单"),
  EN_ROUTE: gettext("途中"),
  ARRIVED: gettext("已到场"),
  DONE: gettext("已完成"),
  DECLINED: gettext("已退单"),
  UNMET: gettext("未遇"),
  WITHDRAWN: gettext("已撤回"),
};

export const VERBS = {
  accept: gettext("接单"),
  decline: gettext("退单"),
  depart: gettext("出发"),
  arrive: gettext("到达"),
  complete: gettext("完成"),
  miss: gettext("家中无人"),
  report: gettext("补报调度员"),
  check_in: gettext("签到"),
  report_absence: gettext("请假"),
  swap: gettext("换人"),
  report_team_absence: gettext("全队停勤"),
  post_need: gettext("代客报需求"),
  inspect: gettext("检查"),
  recheck: gettext("复查"),
  rectify: gettext("报整改"),
  answer_watch: gettext("守护反馈"),
  attend: gettext("活动签到"),
  go: gettext("活动签退"),
  advance: gettext("报里程"),
};

export const isOpen = (status) => status in NEXT;
export const nextVerb = (status) => NEXT[status];

// Show each visit as it will be once everything that is waiting has been sent.
export function overlay(day, outbox) {
  return day.sheets.map((sheet) => {
    const own = outbox.filter((row) => row.number === sheet.stop.number);
    let { status } = sheet.stop;
    for (const row of own.filter((each) => UNSETTLED.has(each.state))) {
      status = target(day.verbs, status, row.verb) ?? status;
    }
    return {
      ...sheet,
      status,
      waiting: own.filter((row) => UNSETTLED.has(row.state)).length,
      isInspected: sheet.is_inspected || own.some((row) => row.verb === "inspect" && row.state !== "dropped"),
      judged: own.filter((row) => row.body?.hazard && row.state !== "dropped").map((row) => row.body.hazard),
      answered: own.filter((row) => row.body?.event && row.state !== "dropped").map((row) => row.body.event),
      problem: own.find((row) => PROBLEM.has(row.state)) ?? null,
    };
  });
}

export function allowed(day, status, verb) {
  return Boolean(target(day.verbs, status, verb));
}

function target(verbs, status, verb) {
  return verbs[status]?.find((row) => row.verb === verb)?.target;
}

export function checkedIn(day, outbox, number) {
  const waits = outbox.some((row) => row.verb === "check_in" && row.number === number && UNSETTLED.has(row.state));
  return waits || day.teams.some((team) => team.crew.some((one) => one.number === number && one.checked_in_at));
}

// Changes of the crew that the server has not seen yet.
export function waitsFor(outbox, number) {
  const verbs = new Set(["swap", "report_absence", "report_team_absence"]);
  return outbox.filter((row) => row.number === number && verbs.has(row.verb) && UNSETTLED.has(row.state));
}

// Whether somebody has come to a session, or has gone, with what the phone has not sent yet.
export function noted(outbox, session, person, verb) {
  return outbox.some((row) => row.verb === verb && row.number === session.number && row.body?.person === person.number && UNSETTLED.has(row.state));
}
