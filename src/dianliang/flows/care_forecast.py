"""Whose visit will be late within two weeks, why, and what to do about it.

Facts of the rooms become the frozen data of `engines/visiting`; its reasons become words.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from dianliang.domain.catalog.queries import active_service, work_calendar
from dianliang.domain.customers import access
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Certificate, Membership, Team
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.engines.visiting import (
    HORIZON_DAYS,
    LEAD_DAYS,
    Crew,
    Gap,
    Reason,
    Renewal,
    Ward,
    forecast,
)
from dianliang.flows.care import MINUTES, VISIT_SERVICE, team_names
from dianliang.kernel.actor import Actor

TRAVEL_MIN = 15
"""Our own estimate of the way to one more visit; a plan knows better once there is one."""
CARE_SHARE = 0.5
"""How much of a team's day regular visits may take: needs of the day want the rest."""
RENEWED_DAYS = 365
LONGEST_HOLIDAY_DAYS = 15
"""A visit's day lies at most a long holiday before the end of its interval."""
MOST_ROWS = 200
REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.NO_CONSENT: ("没有本人同意", "联系客户登记同意，或结束特殊关爱。"),
    Reason.EXPIRED: ("等级已到期", "复核等级并续期，续期后即可开走访工单。"),
    Reason.NO_INTERVAL: ("没有约定走访间隔", "在档案里约定多少天走访一次。"),
    Reason.NO_PLACE: ("没有坐标或责任单位", "在客户表中补全坐标和责任单位后重新导入。"),
    Reason.NO_TEAM: ("责任单位没有能走访的队伍", "给队员办理所需技能的证书，或调整责任单位。"),
    Reason.TEAM_ABSENT: ("队伍都不在岗", "安排替班，或换一支固定队伍。"),
    Reason.CAPACITY: ("队伍时间不够", "提前几天分批开走访工单，或请邻近队伍支援。"),
    Reason.PLANNED_LATE: ("计划排在期限之后", "在计划里把这次走访提前。"),
    Reason.TOO_SHORT: ("间隔内没有工作日", "放宽走访间隔，或安排休息日值班走访。"),
    Reason.MISSED: ("期限已过，还没有人去", "今天开走访工单并排入最近的计划。"),
}
"""What stands in the way, and what to do next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Somebody who will be overdue, as a page shows him: no name, no address."""

    number: str
    kind_label: str
    level: int
    area_name: str
    unit_name: str
    team_name: str
    due_on: date | None
    overdue_on: date | None
    is_late_now: bool
    reason: str
    reason_label: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPage:
    """Who will be overdue within two weeks: counts by reason, and the rows of one reason."""

    rows: tuple[GapRow, ...]
    count: int
    late_now: int
    counts: tuple[tuple[str, str, int], ...]
    first_on: date
    last_on: date


def page(*, by: Actor, on: date, reason: str = "") -> ForecastPage:
    """Return who of the actor's units will be overdue, soonest first, and why."""
    gaps = gaps_of(by=by, on=on)
    chosen = [gap for gap in gaps if reason in ("", gap.reason)]
    counted = [(code, sum(gap.reason is code for gap in gaps)) for code in REASONS]
    return ForecastPage(
        rows=_rows(chosen[:MOST_ROWS], on=on),
        count=len(gaps),
        late_now=sum(_is_late(gap, on=on) for gap in gaps),
        counts=tuple((str(code), REASONS[code][0], count) for code, count in counted if count),
        first_on=on,
        last_on=on + timedelta(days=HORIZON_DAYS),
    )


def _is_late(gap: Gap, *, on: date) -> bool:
    return gap.overdue_on is not None and gap.overdue_on <= on


def gaps_of(*, by: Actor, on: date) -> tuple[Gap, ...]:
    """Return who of the actor's units will be overdue within two weeks, and why."""
    days = [on + timedelta(days=n) for n in range(HORIZON_DAYS + 1)]
    teams = list(Team.objects.filter(is_active=True, is_volunteer=False).select_related("unit"))
    able = _able(teams, on=on)
    planned = _planned(by=by, on=on)
    far = on + timedelta(days=HORIZON_DAYS + LEAD_DAYS + LONGEST_HOLIDAY_DAYS)
    near = Q(visit_due_on__lte=far) | Q(consented_on=None) | Q(visit_interval_days=None)
    wards = [
        _ward(row, able=able, planned=planned.get(row.pk, ()), on=on)
        for row in access.visible(by).filter(near).values_list(*_KNOWN, named=True)
    ]
    asked = {code for ward in wards for code in ward.crews}
    crews = _crews([team for team in teams if team.code in asked], days=days)
    return forecast(wards, crews, on=on, calendar=work_calendar()).gaps


_KNOWN = (
    "pk",
    "number",
    "special_kind",
    "special_level",
    "consented_on",
    "last_visited_on",
    "visit_interval_days",
    "renewal_due_on",
    "renewal_planned_on",
    "preferred_team_code",
    "unit_id",
    "lat",
    "area__lat",
)
Able = Mapping[tuple[int, str], tuple[str, ...]]
"""Codes of teams that may come, by unit and kind of customer."""


def _able(teams: list[Team], *, on: date) -> Able:
    """Return which teams have the skill of each kind of visit, by the unit that they work for."""
    current = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on, team__in=teams
    )
    people = dict[int, set[int]]()
    for team_id, person_id in current.values_list("team_id", "person_id"):
        people.setdefault(person_id, set()).add(team_id)
    held = defaultdict[int, set[str]](set)
    valid = Certificate.objects.valid_on(on).filter(person__in=people)
    for person_id, code in valid.values_list("person_id", "skill__code"):
        for team_id in people[person_id]:
            held[team_id].add(code)
    services = {kind: active_service(code) for kind, code in VISIT_SERVICE.items()}
    skills = {kind: s.skill.code if s and s.skill else "" for kind, s in services.items()}
    found = dict[tuple[int, str], tuple[str, ...]]()
    for unit in Unit.objects.all():
        own = [team for team in teams if team.unit.path.startswith(unit.path)]
        for kind, skill in skills.items():
            codes = (team.code for team in own if not skill or skill in held[team.pk])
            found[unit.pk, kind] = tuple(sorted(codes))
    return found


Planned = tuple[tuple[date, str], ...]


def _planned(*, by: Actor, on: date) -> dict[int, Planned]:
    """Return the regular visits that teams have before them, by customer."""
    found = dict[int, Planned]()
    visits = Visit.objects.filter(
        status__in=VISIT_OPEN,
        on__gte=on,
        job__service__code__in=set(VISIT_SERVICE.values()),
        job__customer__in=access.visible(by).values("pk"),
    )
    for pk, day, code in visits.values_list("job__customer_id", "on", "team__code"):
        found[pk] = (*found.get(pk, ()), (day, code))
    return found


def _ward(row: Any, *, able: Able, planned: Planned, on: date) -> Ward:
    """Return what the forecast must know of a row of `_KNOWN` columns.

    A renewal that was agreed for a day gone by did not happen: it is no promise any more.
    """
    codes = able.get((row.unit_id, row.special_kind), ())
    own = row.preferred_team_code
    planned_renewal = row.renewal_planned_on
    return Ward(
        id=row.number,
        level=row.special_level,
        since=row.last_visited_on or row.consented_on,
        interval_days=row.visit_interval_days,
        has_consent=row.consented_on is not None,
        has_place=row.unit_id is not None and (row.lat is not None or row.area__lat is not None),
        expires_on=row.renewal_due_on,
        renewals=(
            (Renewal(on=planned_renewal, until=planned_renewal + timedelta(days=RENEWED_DAYS)),)
            if planned_renewal and planned_renewal >= on
            else ()
        ),
        crews=(own, *(code for code in codes if code != own)) if own in codes else codes,
        minutes=MINUTES[row.special_level] + TRAVEL_MIN,
        planned=planned,
    )


def _crews(teams: list[Team], *, days: list[date]) -> list[Crew]:
    """Return who is there on which day, and how much of the day regular visits may take."""
    absent = defaultdict[str, set[date]](set)
    for day in days:
        for duty in teams_on_duty(teams=teams, on=day):
            if not duty.is_staffed:
                absent[duty.team.code].add(day)
    taken = defaultdict[str, dict[date, tuple[int, int]]](dict)
    regular = set(VISIT_SERVICE.values())
    visits = Visit.objects.filter(
        status__in=VISIT_OPEN, team__in=teams, on__gte=days[0], on__lte=days[-1]
    )
    columns = ("team__code", "on", "arrive_at", "depart_at", "job__service__code")
    for code, day, start, end, service in visits.values_list(*columns):
        spent = int((end - start).total_seconds() // 60) + TRAVEL_MIN
        in_all, on_care = taken[code].get(day, (0, 0))
        taken[code][day] = (in_all + spent, on_care + spent * (service in regular))
    return [
        Crew(
            code=team.code,
            minutes_a_day=_care_min(team),
            minutes_left={
                day: max(0, min(_care_min(team) - on_care, _shift_min(team) - in_all))
                for day, (in_all, on_care) in taken[team.code].items()
            },
            absent=frozenset(absent[team.code]),
        )
        for team in teams
    ]


def _care_min(team: Team) -> int:
    return int(_shift_min(team) * CARE_SHARE)


def _shift_min(team: Team) -> int:
    starts, ends = (at.hour * 60 + at.minute for at in (team.shift_starts, team.shift_ends))
    return max(0, ends - starts - team.lunch_min)


def _rows(gaps: list[Gap], *, on: date) -> tuple[GapRow, ...]:
    numbers = [gap.id for gap in gaps]
    rows = Customer.objects.filter(number__in=numbers).select_related("area", "unit")
    known = {row.number: row for row in rows.defer(*SEALED)}
    teams = team_names(row.preferred_team_code for row in known.values())
    return tuple(_row(gap, known[gap.id], teams=teams, on=on) for gap in gaps)


def _row(gap: Gap, customer: Customer, *, teams: Mapping[str, str], on: date) -> GapRow:
    label, action = REASONS[gap.reason]
    return GapRow(
        number=gap.id,
        kind_label=customer.get_special_kind_display(),
        level=gap.level,
        area_name=customer.area.name,
        unit_name=customer.unit.name if customer.unit else "",
        team_name=teams.get(customer.preferred_team_code, ""),
        due_on=gap.due_on,
        overdue_on=gap.overdue_on,
        is_late_now=_is_late(gap, on=on),
        reason=gap.reason,
        reason_label=label,
        action=action,
    )
