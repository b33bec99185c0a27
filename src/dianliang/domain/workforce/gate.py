"""The one gate on certificates: who lacks which on a day. Sign-up, dispatch and check-in ask it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import crews
from dianliang.domain.workforce.models import Certificate, Person, Team
from dianliang.kernel.phrases import Phrase, joined

NO_LEVELS: Mapping[str, int] = {}
STATES = {
    "none": "没有登记",
    "expired": "已失效",
    "withdrawn": "已收回",
    "not_yet": "尚未生效",
    "level": "等级不够",
}
WORDS = {
    "none": "%(who)s没有登记“%(skill)s”证书，%(on)s 不能承担，请先取证",
    "expired": "%(who)s的“%(skill)s”证书%(number)s的失效日期是 %(until)s，"
    "%(on)s 不能使用，请先续证",
    "withdrawn": "%(who)s的“%(skill)s”证书%(number)s已于 %(until)s 收回，"
    "%(on)s 不能使用，请重新取证",
    "not_yet": "%(who)s的“%(skill)s”证书%(number)s自 %(until)s 起有效，%(on)s 还不能使用",
    "level": "%(who)s的“%(skill)s”证书%(number)s有效至 %(until)s，但等级不够，请换高一级的持证人员",
}
MOST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What somebody lacks for a skill on a day: `words` names the certificate and its date.

    `state` is a key of `STATES`; `until` is the day that the certificate's state hangs on.
    """

    person_number: str
    person_name: str
    skill_code: str
    skill_name: str
    state: str
    on: date
    until: date | None = None
    certificate: str = ""

    @property
    def words(self) -> str:
        """Say what is missing and what to do about it."""
        return Phrase(
            WORDS[self.state],
            who=self.person_name,
            skill=Phrase(self.skill_name),
            number=Phrase("（%(number)s）", number=self.certificate) if self.certificate else "",
            until=f"{self.until}",
            on=f"{self.on}",
        )


def qualified(
    person: Person,
    skill_codes: Collection[str],
    on: date,
    *,
    levels: Mapping[str, int] = NO_LEVELS,
) -> tuple[Lack, ...]:
    """Return what a person lacks for some skills on a day; nothing means that he may go.

    `levels` are the least levels of skills for which the first will not do.
    """
    return lacks_of([person], skill_codes, on, levels=levels).get(person.pk, ())


def lacks_of(
    people: Iterable[Person],
    skill_codes: Collection[str],
    on: date,
    *,
    levels: Mapping[str, int] = NO_LEVELS,
) -> dict[int, tuple[Lack, ...]]:
    """Return what each person lacks, by key; who lacks nothing is left out. Two queries for all."""
    asked = list(people)
    if not asked or not skill_codes:
        return {}
    names = dict(Skill.objects.filter(code__in=skill_codes).values_list("code", "name"))
    rows: dict[tuple[int, str], list[Certificate]] = {}
    held = Certificate.objects.filter(person__in=asked, skill__code__in=skill_codes)
    for row in held.select_related("skill"):
        rows.setdefault((row.person_id, row.skill.code), []).append(row)
    found = {
        person.pk: tuple(
            lack
            for code in sorted(set(skill_codes))
            if (
                lack := _lack(
                    person,
                    code,
                    names.get(code, code),
                    rows.get((person.pk, code), []),
                    on,
                    levels.get(code, 1),
                )
            )
        )
        for person in asked
    }
    return {key: lacks for key, lacks in found.items() if lacks}


def team_lacks(
    team: Team, skill_codes: Collection[str], on: date, *, with_person: Person | None = None
) -> tuple[Lack, ...]:
    """Return what a team lacks on a day: a skill for which none of its crew may go.

    It is told of whoever came closest: who holds a certificate that no longer counts. With
    `with_person` he goes out with the crew, too.
    """
    if not skill_codes:
        return ()
    people = {person.pk: person for person in crews.people_of(team, on=on)}
    if with_person is not None:
        people[with_person.pk] = with_person
    lacking = lacks_of(people.values(), skill_codes, on)
    found: list[Lack] = []
    for code in sorted(set(skill_codes)):
        told = [lack for pk in people for lack in lacking.get(pk, ()) if lack.skill_code == code]
        if len(told) == len(people):
            found.append(min(told, key=_closest) if told else _nobody(team, code, on))
    return tuple(found)


def told(lacks: Iterable[Lack]) -> str:
    """Return one sentence about some lacks."""
    words = [lack.words for lack in lacks]
    told_ = joined("；", words[:MOST_TOLD])
    if len(words) > MOST_TOLD:
        return Phrase("%(words)s等 %(n)d 处。", words=told_, n=len(words))
    return Phrase("%(words)s。", words=told_)


def _closest(lack: Lack) -> tuple[bool, int]:
    return lack.state == "none", -(lack.until or lack.on).toordinal()


def _nobody(team: Team, code: str, on: date) -> Lack:
    """Tell of a team that has nobody there at all."""
    (name,) = crews.skill_names([code]) or (code,)
    return Lack(
        person_number="",
        person_name=Phrase("%(team)s当日的队员", team=team.name),
        skill_code=code,
        skill_name=name,
        state="none",
        on=on,
    )


def _lack(
    person: Person, code: str, name: str, rows: list[Certificate], on: date, level: int
) -> Lack | None:
    counting = [row for row in rows if row.counts_on(on)]
    if any(row.level >= level for row in counting):
        return None
    best = max(counting or rows, key=lambda row: row.expires_on, default=None)
    state, until = _state(best, on, is_counting=bool(counting))
    return Lack(
        person_number=person.number,
        person_name=person.name,
        skill_code=code,
        skill_name=name,
        state=state,
        on=on,
        until=until,
        certificate=best.number if best else "",
    )


def _state(row: Certificate | None, on: date, *, is_counting: bool) -> tuple[str, date | None]:
    if row is None:
        return "none", None
    if is_counting:
        return "level", row.expires_on
    if row.is_withdrawn_on(on):
        return "withdrawn", row.withdrawn_on
    if row.issued_on > on:
        return "not_yet", row.issued_on
    return "expired", row.expires_on
