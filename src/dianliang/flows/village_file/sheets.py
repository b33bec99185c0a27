"""What people keep in the files of villages as Excel: out, changed, and in again."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.insight import operations
from dianliang.domain.insight.lifecycle import PLAN_ITEM_LABELS
from dianliang.domain.insight.models import PlanItem, VillageProfile
from dianliang.domain.insight.operations import MOST_PEOPLE, Planned, ProfileTold
from dianliang.domain.network import access
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

NAME = "一村一档-概况与年度计划.xlsx"
PROFILES, PLAN = "概况", "年度计划"
PROFILE_HEADINGS: tuple[Heading, ...] = (
    ("村社区编码", "不要改", ()),
    ("村社区", "只供核对", ()),
    ("总户数", "", ()),
    ("常住人口", "", ()),
    ("服务站编码", "留空按最近的服务站", ()),
    ("概况", "400 字以内", ()),
)
PLAN_HEADINGS: tuple[Heading, ...] = (
    ("事项编号", "新增的留空", ()),
    ("村社区编码", "", ()),
    ("事项", "不写客户姓名、电话和门牌", ()),
    ("责任人或单位", "", ()),
    ("完成期限", "例如 2026-12-20", ()),
    ("状态", "留空：新增的未开始，已有的不变", tuple(PLAN_ITEM_LABELS.values())),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many villages were described, and items planned or changed."""

    villages: int
    fresh: int
    changed: int


def workbook(*, by: Actor, at: datetime) -> bytes:
    """Return what people keep about the actor's villages; the export is on record."""
    villages = list(access.villages_of(by))
    profiles = {
        profile.area_id: profile
        for profile in VillageProfile.objects.filter(area__in=villages).select_related("station")
    }
    items = PlanItem.objects.filter(area__in=villages).select_related("area")
    out = BytesIO()
    book = blanks.workbook(out)
    rows = [_profile_cells(village, profiles.get(village.pk)) for village in villages]
    blanks.add_table(book, PROFILES, PROFILE_HEADINGS, examples=rows)
    blanks.add_table(book, PLAN, PLAN_HEADINGS, examples=[_plan_cells(item) for item in items])
    book.close()
    audit.record_about(
        "insight.villageprofile.export",
        target_type="insight.villageprofile",
        target_id=f"{len(villages)} 村",
        by=by,
        at=at,
    )
    return out.getvalue()


def _profile_cells(village: Area, profile: VillageProfile | None) -> list[str]:
    if profile is None:
        return [village.code, village.name, "", "", "", ""]
    counts = (profile.households, profile.population)
    station = profile.station.code if profile.station else ""
    told = ["" if count is None else str(count) for count in counts]
    return [village.code, village.name, *told, station, profile.summary]


def _plan_cells(item: PlanItem) -> list[str]:
    return [
        item.number,
        item.area.code,
        item.title,
        item.owner,
        item.due_on.isoformat(),
        item.get_status_display(),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A row of the plan that can be written."""

    known: PlanItem | None
    village: Area
    told: Planned
    status: str


@transaction.atomic
def load(content: bytes, *, by: Actor, at: datetime) -> Loaded:
    """Write a filled-in workbook; rows that are not in it stay as they are.

    Raises:
        InvalidInputError: no file was given.
        UnreadableSheetError, InvalidRowsError: all errors are named and nothing was written.
    """
    if not content:
        raise InvalidInputError("请选择填好的 Excel 文件。", field="table")
    book = sheets.read_book(
        content,
        name="一村一档表",
        headings={
            PROFILES: [PROFILE_HEADINGS[0][0]],
            PLAN: [heading for heading, _, _ in PLAN_HEADINGS[:5]],
        },
        optional={
            PROFILES: [heading for heading, _, _ in PROFILE_HEADINGS[1:]],
            PLAN: [PLAN_HEADINGS[5][0]],
        },
    )
    villages = {village.code: village for village in access.villages_of(by)}
    profiles, wrong = _read_profiles(book.rows.get(PROFILES, []), villages)
    items, also_wrong = _read_plan(book.rows.get(PLAN, []), villages, at=at)
    checks = Checks("", [*wrong.found, *also_wrong.found])
    checks.raise_if_any()
    if not profiles and not items:
        message = Phrase(
            "文件里没有可写入的行：应有“%(profiles)s”或“%(plan)s”工作表。",
            profiles=PROFILES,
            plan=PLAN,
        )
        raise InvalidInputError(message, field="table")
    for village, told in profiles:
        operations.describe(area=village, told=told, by=by, at=at)
    for item in items:
        _write(item, by=by, at=at)
    fresh = sum(item.known is None for item in items)
    return Loaded(villages=len(profiles), fresh=fresh, changed=len(items) - fresh)


def _read_profiles(
    rows: list[SheetRow], villages: dict[str, Area]
) -> tuple[list[tuple[Area, ProfileTold]], Checks]:
    checks = Checks(f"{PROFILES}表")
    checks.once(rows, "村社区编码")
    stations = {site.code: site for site in Site.objects.filter(kind=Site.Kind.STATION)}
    found = []
    for row in rows:
        village = _village(row, checks, villages)
        code = checks.code(row, "服务站编码")
        if code and code not in stations:
            words = f"服务站编码 {code} 不存在或不是电力服务站，请改正或留空。"
            checks.add(row, words, "服务站编码")
        told = ProfileTold(
            households=_count(row, checks, "总户数"),
            population=_count(row, checks, "常住人口"),
            station=stations.get(code),
            summary=checks.text(row, "概况", 400),
        )
        if village is not None:
            found.append((village, told))
    return found, checks


def _count(row: SheetRow, checks: Checks, heading: str) -> int | None:
    return 0 if row.get(heading) == "0" else checks.whole(row, heading, MOST_PEOPLE)


def _village(row: SheetRow, checks: Checks, villages: dict[str, Area]) -> Area | None:
    code = checks.code(row, "村社区编码", needed=True)
    if code and code not in villages:
        words = f"村社区编码 {code} 不存在，或不在您单位的服务范围，请改正。"
        checks.add(row, words, "村社区编码")
    return villages.get(code)


def _read_plan(
    rows: list[SheetRow], villages: dict[str, Area], *, at: datetime
) -> tuple[list[_Item], Checks]:
    checks = Checks(f"{PLAN}表")
    checks.once(rows, "事项编号")
    states = {label: value for value, label in PLAN_ITEM_LABELS.items()}
    numbers = [row.get("事项编号") for row in rows if row.get("事项编号")]
    known = {
        item.number: item
        for item in PlanItem.objects.filter(number__in=numbers).select_related("area")
    }
    found = []
    for row in rows:
        village, number = _village(row, checks, villages), checks.code(row, "事项编号")
        item = known.get(number)
        if number and (item is None or (village is not None and item.area_id != village.pk)):
            words = f"没有编号为 {number} 的本村计划事项；新增的请把编号留空。"
            checks.add(row, words, "事项编号")
        told = Planned(
            title=checks.text(row, "事项", 120, needed=True),
            owner=checks.text(row, "责任人或单位", 40),
            due_on=_due_on(row, checks, at=at),
        )
        status = checks.choice(row, "状态", states, item.status if item else "PLANNED")
        if village is not None:
            found.append(_Item(known=item, village=village, told=told, status=status))
    return found, checks


def _due_on(row: SheetRow, checks: Checks, *, at: datetime) -> date:
    """Return the day, or any day if the row is wrong: it will not be written."""
    due_on = checks.day(row, "完成期限")
    if not row.get("完成期限"):
        checks.add(row, "“完成期限”不能为空。", "完成期限")
    if (
        due_on is not None
        and abs(due_on.year - at.astimezone(SHANGHAI).year) > operations.MOST_YEARS_AHEAD
    ):
        words = f"“完成期限”应在前后 {operations.MOST_YEARS_AHEAD} 年内，现为 {due_on}。"
        checks.add(row, words, "完成期限")
    return due_on or at.astimezone(SHANGHAI).date()


def _write(item: _Item, *, by: Actor, at: datetime) -> None:
    if item.known is None:
        written = operations.plan(area=item.village, told=item.told, by=by, at=at)
    else:
        written = operations.replan(item=item.known, told=item.told, by=by, at=at)
    operations.move_to(item=written, status=item.status, by=by, at=at)
