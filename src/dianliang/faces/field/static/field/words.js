// Words of the screens: Chinese in the source, other languages from the page's catalogue.

import * as time from "./time.js";

export const setup = read("setup");
const catalog = read("words");

export function gettext(words) {
  const found = catalog[words];
  return (Array.isArray(found) ? found[0] : found) || words;
}

// Forms for one and for many, as kernel/plurals.py chooses them: "%(n)s {n:visit|visits}".
const FORMS = /\{([\w.]+):([^{}|]*)\|([^{}|]*)\}/g;

export function fill(words, values) {
  const agreed = words.replace(FORMS, (_, name, one, many) => (String(values[name]) === "1" ? one : many));
  return agreed.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

export function clock(instant) {
  return instant ? format(instant, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "";
}

export function dayName(date) {
  const noon = `${date}T12:00:00+08:00`;
  return format(noon, { month: "short", day: "numeric", weekday: "short" });
}

export function moment(instant) {
  const parts = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return format(instant, { ...parts, hourCycle: "h23" });
}

// A time of today as a clock shows it, any other with its day.
export function due(instant) {
  const isToday = dayOf(new Date(instant)) === today();
  return isToday ? clock(instant) : moment(instant);
}

export function distance(metres) {
  if (metres < 950) return fill(gettext("%(m)s 米"), { m: Math.round(metres / 50) * 50 });
  return fill(gettext("%(km)s 公里"), { km: (metres / 1000).toFixed(metres < 9950 ? 1 : 0) });
}

export function today() {
  return dayOf(new Date(time.now()));
}

function dayOf(date) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(date);
}

function format(instant, parts) {
  const locale = setup.lang === "en" ? "en" : "zh-CN";
  return new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", ...parts }).format(
    new Date(instant),
  );
}

function read(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
