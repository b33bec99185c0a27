"""Tell what happened to a published plan, and draft the plan that fits it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.flows.planning.chosen import busy_jobs, planned_jobs
from dianliang.flows.planning.drafting import plan_of, start_solving
from dianliang.flows.planning.happened import Cut, Happened, happened_from
from dianliang.flows.planning.records import relaxations_of
from dianliang.flows.planning.repairing import MOST_CHANGES
from dianliang.flows.planning.terms import MOST_DISPATCHED, Terms, first_open, refuse_if_dispatch
from dianliang.flows.planning.told import Told, told_visits
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, kept

MOST_BUDGET = 50
LONGEST_MIN = 600
MOST_CUTS = 40
URGENT = "急件："
"""How the title of what came up in an emergency begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A team that is missing from an instant on, that day or in the shift that began `on` one."""

    team_code: str
    since: datetime
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer:
    """A visit that takes so many minutes more than was thought."""

    job_number: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a dispatcher says has happened, all at once, and how many visits may change for it."""

    lost: tuple[Lost, ...] = ()
    longer: tuple[Longer, ...] = ()
    cuts: tuple[Cut, ...] = ()
    withdrawn: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    most_changes: int = MOST_CHANGES


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVisit:
    """A visit to which something may have happened."""

    job_number: str
    title: str
    team_name: str
    on: date
    start_at: datetime
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a dispatcher can choose from when he says what happened."""

    teams: tuple[tuple[str, str], ...]
    days: tuple[date, ...]
    visits: tuple[OpenVisit, ...] = field(default_factory=tuple)


def choices(*, number: str, by: Actor, at: datetime) -> Choices:
    """Return the teams, days and open visits of a published plan, as things are now.

    Raises:
        NotVisibleError: there is no such plan, or it is another unit's.
        UnableToPlanError: it is not the plan that teams follow now, or it is that of an incident.
    """
    plan = _followed(number, by=by)
    refuse_if_dispatch(plan)
    today = at.astimezone(SHANGHAI).date()
    told = told_visits(plan)
    days = sorted({today, *(one.visit.on for one in told.values() if one.visit.on >= today)})
    return Choices(
        teams=tuple(plan.teams.order_by("code").values_list("code", "name")),
        days=tuple(day for day in days if plan.first_on <= day <= plan.last_on),
        visits=tuple(_open(one) for one in told.values()),
    )


def _open(one: Told) -> OpenVisit:
    visit = one.visit
    return OpenVisit(
        job_number=visit.job.number,
        title=visit.job.title,
        team_name=visit.team.name,
        on=visit.on,
        start_at=one.start_at,
        status=visit.status,
    )


def _followed(number: str, *, by: Actor) -> Plan:
    plan = plan_of(number, by=by)
    if plan.status != "PUBLISHED":
        raise UnableToPlanError("只有已发布、未被替代的计划才能报情况，请打开最新的计划。")
    return plan


@transaction.atomic
def tell(
    *,
    number: str,
    report: Report,
    by: Actor,
    at: datetime,
    terms: Terms | None = None,
    also: Sequence[str] = (),
    scope: Collection[str] | None = None,
) -> Plan:
    """Draft a successor of a published plan that fits what happened; it is computed at once.

    The plan of an incident has `terms`; `also` says in words what else happened to them. Only the
    teams in `scope` are planned anew, all if none is given.

    Raises:
        NotVisibleError: the plan is unknown or foreign.
        InvalidInputError: nothing happened, or a team, visit or job is unknown; it names the field.
        UnableToPlanError: the plan is not published, its days are over, a visit is under way, or it
            is the plan of an incident and comes without terms.
    """
    old = _followed(number, by=by)
    if terms is None:
        refuse_if_dispatch(old)
    teams = list(old.teams.all())
    told = told_visits(old) if report.longer or report.withdrawn else {}
    urgent = _urgent(report.urgent, by=by)
    happened, words = _checked(report, teams, told, old, at=at)
    words += [*map(_urgent_words, urgent), *also]
    if not words:
        raise InvalidInputError("请至少说一件发生了的事。", field="happened")
    _check_budget(report.most_changes)
    repair = {
        "words": [kept(one) for one in words],
        "urgent": [job.number for job in urgent],
        "most_changes": report.most_changes,
        **({} if scope is None else {"scope": sorted(scope)}),
    }
    plan = operations.draft(
        unit=old.unit,
        jobs=_keys(old, teams, urgent),
        teams=teams,
        first_on=max(old.first_on, first_open(terms, at=at)),
        last_on=old.last_on,
        seconds=old.seconds,
        seed=old.seed,
        by=by,
        at=at,
        replaces=old,
        earliest=first_open(terms, at=at),
        outcome={
            "relaxations": relaxations_of(old),
            "happened": _before(old, urgent).and_then(happened).stored(),
            "repair": repair,
            **({"terms": terms.stored()} if terms else {}),
        },
        words="；".join(words),
        most=MOST_DISPATCHED if terms else operations.MOST_JOBS,
    )
    return start_solving(plan=plan, revision=plan.revision, by=by, at=at)


def _urgent_words(job: Job) -> str:
    return Phrase(
        "急单：%(number)s %(title)s", number=job.number, title=job.title.removeprefix(URGENT)
    )


def _check_budget(most_changes: int) -> None:
    if not 0 <= most_changes <= MOST_BUDGET:
        raise InvalidInputError(
            Phrase("最多改动的上门数应为 0 到 %(most)s。", most=MOST_BUDGET), field="most_changes"
        )


def _before(old: Plan, urgent: Sequence[Job]) -> Happened:
    """Return what had happened to a plan already; what is urgent now is wanted again."""
    before = happened_from(old.outcome)
    for job in urgent:
        before = before.wanting(job.number)
    return before


def _keys(old: Plan, teams: Sequence[Team], urgent: Sequence[Job]) -> set[int]:
    """Return the jobs of a plan, those its teams got meanwhile, and urgent ones, by key."""
    busy = busy_jobs(teams, first_on=old.first_on, last_on=old.last_on)
    keys = {*planned_jobs(old).values_list("pk", flat=True), *busy.values_list("pk", flat=True)}
    return keys | {job.pk for job in urgent}


def _urgent(numbers: Sequence[str], *, by: Actor) -> list[Job]:
    rows = Job.objects.select_related("unit").filter(number__in=numbers, status="OPEN")
    found = [job for job in rows.order_by("pk") if by.reaches_unit(job.unit.path)]
    missing = sorted(set(numbers) - {job.number for job in found})
    if missing:
        raise InvalidInputError(
            Phrase(
                "急单 %(missing)s 不存在、已安排或不归您管，请刷新后重选。", missing=missing[0][:24]
            ),
            field="urgent",
        )
    return found


def _checked(
    report: Report, teams: Sequence[Team], told: dict[str, Told], plan: Plan, *, at: datetime
) -> tuple[Happened, list[str]]:
    """Return what happened, and a sentence for each part of it."""
    happened = Happened(
        lost=dict(_lost(one, {team.code for team in teams}, plan, at=at) for one in report.lost),
        longer=dict(_longer(one, told) for one in report.longer),
        cuts=report.cuts,
        withdrawn=frozenset(_withdrawn(number, told) for number in report.withdrawn),
    )
    if len(report.cuts) > MOST_CUTS:
        raise InvalidInputError(
            Phrase("一次最多报 %(most)s 处道路中断。", most=MOST_CUTS), field="cut"
        )
    names = {team.code: team.name for team in teams}
    words: list[str] = [
        Phrase(
            "%(team)s %(since)s不能出勤",
            team=names[code],
            since=_from_when(since.astimezone(SHANGHAI)),
        )
        for (code, _), since in happened.lost.items()
    ]
    words += [
        Phrase("%(job)s 要多做 %(n)d 分钟", job=_named(told[number]), n=minutes)
        for number, minutes in happened.longer.items()
    ]
    words += [cut.words for cut in report.cuts]
    words += [
        Phrase("撤下 %(job)s", job=_named(told[number])) for number in sorted(happened.withdrawn)
    ]
    return happened, words


def _from_when(since: datetime) -> str:
    is_whole_day = (since.hour, since.minute) == (0, 0)
    if is_whole_day:
        return Phrase("%(day)s 全天", day=f"{since:%m-%d}")
    return Phrase("%(at)s 起", at=f"{since:%m-%d %H:%M}")


def _named(one: Told) -> str:
    return f"{one.visit.job.number} {one.visit.job.title}"


def _lost(
    one: Lost, codes: set[str], plan: Plan, *, at: datetime
) -> tuple[tuple[str, date], datetime]:
    if one.team_code not in codes:
        raise InvalidInputError("不能出勤的队伍不在这个计划里，请重新选择。", field="lost_team")
    on = one.on or one.since.astimezone(SHANGHAI).date()
    is_over = one.on is None and on < at.astimezone(SHANGHAI).date()
    if is_over or not plan.first_on <= on <= plan.last_on:
        raise InvalidInputError(
            Phrase("不能出勤的日期 %(on)s 已过去或不在这个计划里。", on=f"{on:%m-%d}"),
            field="lost_from",
        )
    return (one.team_code, on), max(one.since, at)


def _longer(one: Longer, told: dict[str, Told]) -> tuple[str, int]:
    if one.job_number not in told:
        raise InvalidInputError("“做得更久”的上门已结束或不在这个计划里。", field="longer_job")
    if not 1 <= one.minutes <= LONGEST_MIN:
        raise InvalidInputError(
            Phrase("“要多做几分钟”应为 1 到 %(most)s 的整数。", most=LONGEST_MIN),
            field="longer_minutes",
        )
    return one.job_number, one.minutes


def _withdrawn(number: str, told: dict[str, Told]) -> str:
    one = told.get(number)
    if one is None:
        raise InvalidInputError("要撤下的上门已结束或不在这个计划里。", field="withdrawn")
    if one.visit.status == "ARRIVED":
        raise UnableToPlanError(
            Phrase(
                "%(number)s 队伍已经到场，不能撤下；请队伍在手机上按“未遇”或“完成”。", number=number
            ),
            field="withdrawn",
        )
    return number
