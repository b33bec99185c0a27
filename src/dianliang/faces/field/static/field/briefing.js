// What to know before setting out: why a visit has its place, and what the day asks for.

import { clock, distance, fill, gettext } from "./words.js";

const WHY = {
  window: gettext("客户约定 %(starts)s–%(ends)s 上门"),
  nearest_base: gettext("离驻地最近（%(m)s），先去"),
  nearest: gettext("离上一站最近（%(m)s）"),
  only: gettext("全天只有这一站"),
  last: gettext("最后一站，离上一站 %(m)s"),
  due_first: gettext("剩下各单里承诺时限最早"),
  must: gettext("必须当天办的，排在前面"),
  planned: gettext("按全天路程和各单承诺一起排定，不只看远近"),
  assigned: gettext("由调度员排在这里"),
  slack: gettext("按时到达，离承诺时限还有 %(minutes)s"),
  late: gettext("预计比承诺时限晚 %(minutes)s，请先打电话说明"),
  regular_team: gettext("客户的固定服务队伍，同一队人再来"),
  team: gettext("派给本队：%(words)s"),
};

export function why({ code, values }) {
  const { m, minutes, starts, ends, words } = values;
  return fill(WHY[code], {
    m: m === undefined ? "" : distance(m),
    minutes: minutes === undefined ? "" : span(minutes),
    starts: clock(starts),
    ends: clock(ends),
    words,
  });
}

export function span(minutes) {
  if (minutes < 60) return fill(gettext("%(m)s 分钟"), { m: minutes });
  const rest = minutes % 60;
  const parts = { h: Math.floor(minutes / 60), m: rest };
  return fill(rest ? gettext("%(h)s 小时 %(m)s 分") : gettext("%(h)s 小时"), parts);
}

// What some visits ask for, against what the team has with it: the most of a kind that one visit
// needs, since gear comes back to the car; and who of the crew may do it.
export function kit(sheets, team) {
  const gear = new Map();
  const skills = new Map();
  for (const { stop } of sheets) {
    for (const [name, count] of Object.entries(stop.gear)) gear.set(name, Math.max(count, gear.get(name) ?? 0));
    if (stop.skill) skills.set(stop.skill, stop.skill_name);
  }
  return {
    gear: [...gear].map(([name, count]) => ({ name, count, short: Math.max(0, count - (team.gear[name] ?? 0)) })),
    skills: [...skills].map(([code, name]) => ({
      name,
      holders: team.crew.filter((one) => one.skills.includes(code)).map((one) => one.name),
    })),
  };
}

export function gearWords({ name, count, short }) {
  const words = `${name}×${count}`;
  return short ? fill(gettext("%(words)s（车上缺 %(short)s）"), { words, short }) : words;
}

export function skillWords({ name, holders }) {
  const who = holders.join(gettext("、")) || gettext("今天没有人持证，请找队长");
  return fill(gettext("%(name)s：%(who)s"), { name, who });
}
