"""The big numbers of an incident, each with its unit and the records it is counted from.

People, person-shifts and person-times are three different things and never added: a person is
counted once, a person-shift is one person on one published shift, a person-time is one person who
checked in on one day. A new number is one more entry of `FIGURES`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident, IncidentAlert
from dianliang.domain.incidents.queries.incidents import reach_of
from dianliang.domain.outreach.queries import progress
from dianliang.domain.rosters.models import Turn
from dianliang.domain.workforce.models import Attendance, Membership
from dianliang.flows.incidents.affected import KINDS, Kind
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record behind a number: what it is, and which page shows it (`kind`, `key`).

    Where it is about somebody, `person` is his number, and the first cell his name.
    """

    kind: str
    key: str
    cells: tuple[str, ...]
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of an incident: its name, its unit, how it is counted, its records."""

    code: str
    label: str
    counted_in: str
    method: str
    columns: tuple[str, ...]
    records: Callable[[Incident, Actor, datetime], Sequence[Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a number is now."""

    code: str
    label: str
    counted_in: str
    value: int
    is_listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A number with its records."""

    figure: Figure
    rows: tuple[Record, ...]
    number: str
    title: str
    is_drill: bool


def _teams(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    del by, at
    rows = incident.teams.select_related("unit").order_by("code")
    return [Record(kind="team", key=row.code, cells=(row.name, row.unit.name)) for row in rows]


def _people(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    """Return everybody in the teams or on the rosters, each once."""
    on = at.astimezone(SHANGHAI).date()
    members = Membership.objects.filter(team__in=incident.teams.all(), valid_from__lte=on)
    found: dict[str, tuple[str, str]] = {}
    for row in members.exclude(valid_until__lt=on).select_related("person", "team"):
        found.setdefault(row.person.number, (row.person.name, row.team.name))
    for turn in _turns(incident):
        found.setdefault(turn.person.number, (turn.person.name, turn.shift.roster.title))
    del by
    return [
        Record(kind="person", key=key, cells=cells, person=key)
        for key, cells in sorted(found.items())
    ]


def _turns(incident: Incident) -> QuerySet[Turn]:
    rows = Turn.objects.filter(shift__roster__in=incident.rosters.all(), is_live=True)
    rows = rows.select_related("person", "shift__roster")
    return rows.order_by("shift__starts_at", "person__number")


def _shifts(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    del by, at
    return [
        Record(
            kind="roster",
            key=row.shift.roster.number,
            cells=(
                row.person.name,
                row.shift.roster.title,
                f"{row.shift.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}",
                f"{row.shift.ends_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            ),
            person=row.person.number,
        )
        for row in _turns(incident)
    ]


def _turnouts(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    """Return who checked in with a team of the incident, on each of its days."""
    del by
    first = incident.opened_at.astimezone(SHANGHAI).date()
    last = (incident.ended_at or at).astimezone(SHANGHAI).date()
    rows = Attendance.objects.filter(
        team__in=incident.teams.all(), on__range=(first, last), checked_in_at__isnull=False
    )
    return [
        Record(
            kind="team",
            key=row.team.code,
            cells=(row.person.name, row.team.name, f"{row.on}"),
            person=row.person.number,
        )
        for row in rows.select_related("team", "person").order_by("on", "team__code", "pk")
    ]


def _alerts(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    del by, at
    rows = IncidentAlert.objects.filter(incident=incident).select_related("alert")
    rows = rows.defer("alert__content")
    return [
        Record(
            kind="alert",
            key=row.alert.number,
            cells=(
                row.alert.headline or row.alert.event,
                f"{row.alert.sent_at.astimezone(SHANGHAI):%m-%d %H:%M}",
                str(row.get_status_display()),
            ),
        )
        for row in rows.order_by("alert__sent_at")
    ]


def _outreach(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
    del at
    return [
        Record(
            kind="outreach",
            key=row.number,
            cells=(row.title, row.unit_name, str(row.people), str(row.reached)),
        )
        for row in progress.about(incident.number, by=by)
    ]


def _affected(kind: Kind) -> Figure:
    def records(incident: Incident, by: Actor, at: datetime) -> Sequence[Record]:
        return [
            Record(kind=kind.code, key=one.number, cells=(one.what, one.area_name, one.unit_name))
            for one in kind.find(reach_of(incident), by, at.astimezone(SHANGHAI).date())
        ]

    return Figure(
        code=kind.code,
        label=f"受影响{kind.label}",
        counted_in=kind.counted_in,
        method="按位置和所在区域落在事件范围内的客户，只计本人权限所及单位。",
        columns=("类别", "村（社区）", "单位"),
        records=records,
    )


FIGURES: tuple[Figure, ...] = (
    *(_affected(kind) for kind in KINDS),
    Figure(
        code="teams",
        label="投入队伍",
        counted_in="支",
        method="指定投入本事件的队伍。",
        columns=("队伍", "单位"),
        records=_teams,
    ),
    Figure(
        code="people",
        label="投入人员",
        counted_in="人",
        method="投入队伍的现有队员和所挂值班表上的值班人，同一人只计一次。",
        columns=("姓名", "所在"),
        records=_people,
    ),
    Figure(
        code="shifts",
        label="排定班次",
        counted_in="人班",
        method="所挂值班表已发布的班，一人一班计一个人班，与人数、人次不相加。",
        columns=("姓名", "值班表", "开始", "结束"),
        records=_shifts,
    ),
    Figure(
        code="turnouts",
        label="出动",
        counted_in="人次",
        method="事件期间投入队伍的签到，一人一天计一人次，与人数、人班不相加。",
        columns=("姓名", "队伍", "日期"),
        records=_turnouts,
    ),
    Figure(
        code="alerts",
        label="所据预警",
        counted_in="条预警",
        method="登记时依据的预警和它后续的更新、解除。",
        columns=("标题", "发布时间", "处置"),
        records=_alerts,
    ),
    Figure(
        code="outreach",
        label="宣传触达",
        counted_in="次触达",
        method="为本事件编制并已放行的宣传触达，每次计一次；名单和已送达的人数见明细。",
        columns=("名称", "发起单位", "名单人数", "已送达"),
        records=_outreach,
    ),
)
LISTED_TO: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}


def _is_listed(code: str, *, by: Actor) -> bool:
    kind = LISTED_TO.get(code)
    return kind is None or by.role in kind.listed_to


def _is_counted(code: str, *, by: Actor) -> bool:
    kind = LISTED_TO.get(code)
    return kind is None or by.role in kind.counted_to


def values(incident: Incident, *, by: Actor, at: datetime) -> tuple[Value, ...]:
    """Return the numbers of an incident as of a moment."""
    return tuple(
        Value(
            code=figure.code,
            label=figure.label,
            counted_in=figure.counted_in,
            value=len(figure.records(incident, by, at)),
            is_listed=_is_listed(figure.code, by=by),
        )
        for figure in FIGURES
        if _is_counted(figure.code, by=by)
    )


def behind(*, number: str, code: str, by: Actor, at: datetime) -> Behind:
    """Return the records that a number is counted from.

    Raises:
        NotVisibleError: the incident is another's, there is no such number, or who is behind it
            is not for the actor to read.
    """
    incident = access.incident_to_see(number, by=by)
    figure = next((one for one in FIGURES if one.code == code), None)
    if figure is None or not _is_listed(code, by=by):
        raise NotVisibleError("没有找到这个数的明细。")
    return Behind(
        figure=figure,
        rows=tuple(figure.records(incident, by, at)),
        number=incident.number,
        title=incident.title,
        is_drill=incident.is_drill,
    )
