"""Register what a volunteer team did, and who took part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

import xlsxwriter
from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.core import audit, files
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.insight.volunteering import METHOD, activities, volunteering
from dianliang.domain.programs.models import Activity, PhotoPair
from dianliang.domain.programs.operations.activities import MOST_PAIRS, Pair, record
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.campaigns import following
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A place photographed before and after, as a form sends it."""

    place: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An activity as it is registered. Codes and text come from outside and are checked here."""

    title: str
    team_code: str
    site_code: str
    area_code: str
    service_code: str
    started_at: datetime
    ended_at: datetime
    people: Collection[str]
    served_people: int
    words: str
    pairs: Sequence[Pictures] = ()


def teams_to_register_for(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the volunteer teams whose activities an actor may register."""
    own = Team.objects.filter(
        is_volunteer=True, is_active=True, unit__path__startswith=by.unit_path or "-"
    )
    return tuple(own.values_list("code", "name"))


def members_of(team_code: str, *, by: Actor, on: date) -> tuple[tuple[str, str], ...]:
    """Return number and name of a team's members on a day.

    Raises:
        NotVisibleError: no such team in the actor's scope.
    """
    if team_code not in dict(teams_to_register_for(by)):
        raise NotVisibleError("没有找到这支队伍。")
    return tuple(_members(team_code, on=on).values_list("number", "name"))


def register(*, held: Held, by: Actor, at: datetime) -> Activity:
    """Write down an activity that has ended.

    Raises:
        NotVisibleError: the team is not the actor's.
        InvalidInputError: a code is unknown or a text cannot be kept; it is named.
        UnableToRecordActivityError: see the operation.
    """
    on = held.started_at.astimezone(SHANGHAI).date()
    numbers = dict(members_of(held.team_code, by=by, on=on))
    strangers = sorted(set(held.people) - numbers.keys())
    if strangers:
        message = Phrase(
            "%(strangers)s 当日不是本队队员，请先更新队员名单。",
            strangers=joined("、", strangers[:5]),
        )
        raise InvalidInputError(message, field="people")
    site = Site.objects.select_related("area").filter(code=held.site_code).first()
    if held.site_code and site is None:
        raise InvalidInputError("没有这个阵地，请重新选择。", field="site_code")
    area = site.area if site else area_of(held.area_code)
    if area is None:
        raise InvalidInputError("请选择阵地，或选择所在村社区。", field="area_code")
    service = active_service(held.service_code)
    if held.service_code and service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service_code")
    pairs = _kept(held.pairs, at=at)
    with transaction.atomic():
        return _recorded(held, pairs, site=site, area=area, service=service, by=by, at=at)


def _recorded(
    held: Held,
    pairs: Sequence[Pair],
    *,
    site: Site | None,
    area: Area,
    service: Service | None,
    by: Actor,
    at: datetime,
) -> Activity:
    activity = record(
        title=clean_text(held.title, field="title", label="名称", most=60, least=2),
        team=Team.objects.get(code=held.team_code),
        area=area,
        site=site,
        service=service,
        started_at=held.started_at,
        ended_at=held.ended_at,
        people=list(Person.objects.filter(number__in=held.people)),
        served_people=held.served_people,
        words=clean_text(held.words, field="words", label="情况", most=2000),
        pairs=pairs,
        by=by,
        at=at,
    )
    following.after_activity(activity=activity, by=by, at=at)
    return activity


def _kept(pairs: Sequence[Pictures], *, at: datetime) -> list[Pair]:
    """Keep the photos of pairs; a half pair shows nothing.

    Raises:
        InvalidInputError: a pair lacks a photo or its place, or a photo is none.
    """
    if len(pairs) > MOST_PAIRS:
        raise InvalidInputError(
            Phrase("前后对照最多 %(most)s 组。", most=MOST_PAIRS), field="pairs"
        )
    for number, pair in enumerate(pairs, start=1):
        if not (pair.before and pair.after):
            which = "整治后" if pair.before else "整治前"
            message = Phrase(
                "第 %(number)s 组前后对照缺“%(which)s”的照片，请补上或整组去掉。",
                number=number,
                which=Phrase(which),
            )
            raise InvalidInputError(message, field="pairs")
    return [
        Pair(
            place=clean_text(pair.place, field="pairs", label="对照的位置", most=60, least=1),
            before=files.keep_image(pair.before, at=at, field="pairs"),
            after=files.keep_image(pair.after, at=at, field="pairs"),
        )
        for pair in pairs
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A place before and after, with the activity that changed it."""

    activity: str
    title: str
    team_name: str
    area_name: str
    on: date
    place: str
    before: str
    after: str


def photo_pairs(*, by: Actor, start: datetime, end: datetime, most: int) -> tuple[PairRow, ...]:
    """Return the newest pairs of the actor's teams in [start, end). One query."""
    pairs = PhotoPair.objects.filter(
        activity__team__unit__path__startswith=by.unit_path or "-",
        activity__started_at__gte=start,
        activity__started_at__lt=end,
    ).select_related("activity__team", "activity__area", "before", "after")
    return tuple(
        PairRow(
            activity=pair.activity.number,
            title=pair.activity.title,
            team_name=pair.activity.team.name,
            area_name=pair.activity.area.name,
            on=pair.activity.started_at.astimezone(SHANGHAI).date(),
            place=pair.place,
            before=pair.before.token,
            after=pair.after.token,
        )
        for pair in pairs.order_by("-activity__started_at", "position")[:most]
    )


def photo_of(*, activity: str, token: str, by: Actor) -> bytes:
    """Return a photo of a pair that the actor may see.

    Raises:
        NotVisibleError: there is none.
    """
    pair = (
        PhotoPair.objects.filter(
            Q(before__token=token) | Q(after__token=token),
            activity__number=activity,
            activity__team__unit__path__startswith=by.unit_path or "-",
        )
        .select_related("before", "after")
        .first()
    )
    if pair is None:
        raise NotVisibleError("没有找到这张照片。")
    return files.read(pair.before if pair.before.token == token else pair.after)


def _members(team_code: str, *, on: date) -> QuerySet[Person]:
    current = Q(memberships__valid_until=None) | Q(memberships__valid_until__gte=on)
    return Person.objects.filter(
        current,
        memberships__team__code=team_code,
        memberships__valid_from__lte=on,
        is_active=True,
    ).distinct()


def workbook(*, by: Actor, start: datetime, end: datetime, at: datetime) -> bytes:
    """Return the four numbers and every action behind them as Excel; the export is on record."""
    found = volunteering(by=by, start=start, end=end)
    rows = activities(by=by, team_code="", start=start, end=end)
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#DCEBEA"})
    figures = book.add_worksheet("四个数")
    figures.write_row(
        0, 0, ("队伍", "单位", "队伍数", "队员（人）", "行动（次）", "人次", "服务人数"), bold
    )
    for line, team in enumerate((found.whole, *found.teams), start=1):
        name = "　" * team.depth + team.name
        cells = (name, team.unit_name, team.teams, team.members, team.actions, team.person_times)
        figures.write_row(line, 0, (*cells, team.served_people))
    figures.set_column(0, 1, 24)
    method = book.add_worksheet("口径")
    until = (end - timedelta(days=1)).astimezone(SHANGHAI)
    period = f"{start.astimezone(SHANGHAI):%Y-%m-%d} 至 {until:%Y-%m-%d}，{by.name}"
    method.write_column(0, 0, (period, *METHOD))
    sheet = book.add_worksheet("行动")
    sheet.write_row(
        0, 0, ("编号", "名称", "队伍", "阵地", "区域", "开始", "小时", "人次", "参加"), bold
    )
    for line, row in enumerate(rows, start=1):
        began = f"{row.started_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        what = (row.number, row.title, row.team_name, row.site_name, row.area_name, began)
        sheet.write_row(line, 0, (*what, row.hours, row.person_times, "、".join(row.names)))
    book.close()
    audit.record_about(
        "insight.volunteering.export",
        target_type="insight.volunteering",
        target_id=period[:64],
        by=by,
        at=at,
    )
    return out.getvalue()
