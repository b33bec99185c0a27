"""Where the console leads to: one table for the bar on top and the bar of a section below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.urls import reverse
from django.utils.translation import get_language, gettext

from dianliang.faces.console.appraisal.bar import APPRAISAL
from dianliang.faces.console.claims.navigation import ENERGY
from dianliang.faces.console.entries import Entry
from dianliang.faces.console.honours.navigation import HONOURS, OWN
from dianliang.faces.console.incidents.navigation import EMERGENCY
from dianliang.faces.console.linewatch.navigation import WATCH
from dianliang.faces.console.outreach.navigation import REACHING
from dianliang.faces.console.resources.navigation import RESOURCES
from dianliang.kernel.actor import Role

DISPATCHER = frozenset({Role.DISPATCHER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
HOUR_READERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR}
PARTY = frozenset({Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.DISPATCHER})
VILLAGE_READERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS, Role.COMMANDER}
REVIEW = ("console:review", "console:review_choose")

VILLAGES = (
    Entry(
        label="村档",
        to="console:villages",
        pages=(
            "console:village*",
            "console:transformers",
            "console:feeders",
            "console:outage*",
            "console:stations",
            "console:network_tables",
        ),
        roles=VILLAGE_READERS,
    ),
    Entry(label="责任区", to="console:charge", pages=("console:charge*",), roles=DISPATCHER),
    Entry(
        label="特殊客户",
        to="console:care",
        pages=("console:care*",),
        key="5",
        roles=DISPATCHER,
    ),
    Entry(
        label="隐患",
        to="console:hazards",
        pages=("console:hazard*", "console:notice"),
        roles=DISPATCHER,
    ),
    WATCH,
    Entry(label="专项行动", to="console:campaigns", pages=("console:campaign*",), roles=DISPATCHER),
    Entry(label="驻点", to="console:presence", pages=("console:presence*",), roles=DISPATCHER),
    Entry(label="网协员", to="console:grid", pages=("console:grid*",), key="6", roles=DISPATCHER),
    Entry(
        label="共建协议", to="console:agreements", pages=("console:agreement*",), roles=DISPATCHER
    ),
    Entry(label="执法权限", to="console:powers", pages=("console:power*",), roles=DISPATCHER),
    Entry(label="亮点", to="console:sights", pages=("console:sight*",), roles=DISPATCHER),
    Entry(label="千村改造", to="console:renewal", pages=("console:renewal*",), roles=DISPATCHER),
)
"""What belongs to villages and those who look after them (村网共建)."""
BASE_WORKERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS}
BASE_READERS = BASE_WORKERS | {Role.COMMANDER, Role.AUDITOR}
BOOKERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS, Role.ALLIANCE_UNIT}
BOOKING_READERS = BOOKERS | {Role.COMMANDER, Role.AUDITOR}
BASES: tuple[Entry, ...] = (
    Entry(
        label="阵地体系",
        to="console:bases",
        pages=("console:bases", "console:base_tree", "console:base", "console:base_close"),
        roles=BASE_READERS,
    ),
    Entry(
        label="缺项清单", to="console:base_gaps", pages=("console:base_gaps",), roles=BASE_READERS
    ),
    Entry(
        label="五有标准",
        to="console:base_standard",
        pages=("console:base_standard",),
        roles=BASE_READERS,
    ),
    Entry(
        label="公示",
        to="console:base_notices",
        pages=("console:base_notice*",),
        roles=BASE_READERS,
    ),
    Entry(
        label="预约日历",
        to="console:booking",
        pages=("console:booking", "console:booking_one", "console:booking_new"),
        roles=BOOKING_READERS,
    ),
    Entry(
        label="预约审批",
        to="console:booking_queue",
        pages=("console:booking_queue",),
        roles=BOOKERS,
    ),
    Entry(
        label="场室器材",
        to="console:booking_rooms",
        pages=("console:booking_room*", "console:booking_codes", "console:booking_change"),
        roles=BOOKERS - {Role.ALLIANCE_UNIT},
    ),
    Entry(
        label="使用率",
        to="console:booking_use",
        pages=("console:booking_use", "console:booking_records"),
        roles=BOOKING_READERS,
    ),
)
"""Bases, and the rooms and gear that they share (阵地)."""
STAFF_WRITERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS}
STAFF_READERS = STAFF_WRITERS | {Role.COMMANDER, Role.AUDITOR}
LED_BY = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER})
READ_BY = LED_BY | {Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
TEAMS: tuple[Entry, ...] = (
    Entry(
        label="人员",
        to="console:staff",
        pages=("console:staff", "console:staff_new", "console:staff_person"),
        roles=STAFF_READERS,
    ),
    Entry(
        label="队伍",
        to="console:staff_teams",
        pages=("console:staff_team*",),
        roles=STAFF_READERS,
    ),
    Entry(
        label="到期证书",
        to="console:staff_expiring",
        pages=("console:staff_expiring",),
        roles=STAFF_READERS,
    ),
    Entry(
        label="疑似重复",
        to="console:staff_twins",
        pages=("console:staff_twin*", "console:staff_merges"),
        roles=STAFF_WRITERS,
    ),
    Entry(
        label="导入名单",
        to="console:staff_lists",
        pages=("console:staff_list*",),
        roles=STAFF_WRITERS,
    ),
    Entry(
        label="值班",
        to="console:rosters",
        pages=("console:roster*",),
        roles=DISPATCHER | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR},
    ),
    Entry(
        label="活动",
        to="console:activities",
        pages=(
            *("console:activities", "console:activity", "console:activity_new"),
            *("console:activity_screen", "console:activity_series*"),
        ),
        roles=READ_BY,
    ),
    Entry(
        label="供单",
        to="console:activity_offers",
        pages=("console:activity_offer*", "console:activity_ways"),
        roles=READ_BY,
    ),
    Entry(label="点讲", to="console:lectures", pages=("console:lecture*",), roles=READ_BY),
    Entry(label="课程", to="console:courses", pages=("console:course*",), roles=READ_BY),
    Entry(label="志愿时长", to="console:hours", pages=("console:hour*",), roles=HOUR_READERS),
    Entry(
        label="服务证明",
        to="console:certificates",
        pages=("console:certificate*",),
        roles=HOUR_READERS,
    ),
)
"""People, what they do together, and the hours that they give (队伍)."""
BOOK_READERS = VILLAGE_READERS | {Role.AUDITOR}
POINT_READERS = frozenset({Role.PARTY_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR})
LEDGERS = (
    Entry(
        label="余额",
        to="console:ledgers",
        pages=("console:ledgers", "console:ledger_holder", "console:ledger_entry"),
        roles=BOOK_READERS,
    ),
    Entry(
        label="积分结算",
        to="console:ledger_points",
        pages=("console:ledger_points", "console:ledger_settlement", "console:ledger_appeals"),
        roles=POINT_READERS,
    ),
    Entry(
        label="积分规则",
        to="console:ledger_rules",
        pages=("console:ledger_rule*",),
        roles=POINT_READERS,
    ),
    Entry(
        label="积分兑换",
        to="console:ledger_exchange",
        pages=("console:ledger_exchange*",),
        roles=frozenset({Role.PARTY_AFFAIRS}),
    ),
    Entry(
        label="爱心捐赠",
        to="console:donations",
        pages=("console:donation*",),
        roles=POINT_READERS | {Role.COMMANDER},
    ),
    Entry(
        label="我的与公示",
        to="console:ledger_mine",
        pages=("console:ledger_mine", "console:ledger_notice"),
        roles=BOOK_READERS | {Role.STEWARD, Role.CAPTAIN, Role.ALLIANCE_UNIT},
    ),
    Entry(
        label="核验",
        to="console:ledger_check",
        pages=("console:ledger_check",),
        roles=POINT_READERS,
    ),
)
"""What is given, earned and spent (账本)."""
BRANCHES = (
    Entry(
        label="支部",
        to="console:branches",
        pages=(
            "console:branches",
            "console:branch",
            "console:branch_new",
            "console:branch_act",
            "console:branch_upload",
        ),
        roles=PARTY,
    ),
    Entry(label="结对", to="console:pairings", pages=("console:pairing*",), roles=PARTY),
    Entry(
        label="联盟",
        to="console:branch_alliances",
        pages=("console:branch_alliance*",),
        roles=PARTY,
    ),
    Entry(
        label="挂职",
        to="console:branch_secondments",
        pages=("console:branch_secondment*",),
        roles=PARTY,
    ),
    Entry(label="联席会议", to="console:meetings", pages=("console:meeting*",), roles=PARTY),
    Entry(label="课题", to="console:topics", pages=("console:topic*",), roles=PARTY),
    Entry(
        label="工程报告",
        to="console:theme_report",
        pages=("console:theme_report", "console:theme_records"),
        roles=PARTY,
    ),
    Entry(
        label="双向表",
        to="console:theme_table",
        pages=("console:theme_table", "console:theme_part"),
        roles=PARTY,
    ),
    Entry(
        label="主题与规则",
        to="console:themes",
        pages=("console:themes", "console:theme_keep", "console:theme_rules*"),
        roles=PARTY | ADMINISTRATOR,
    ),
    *HONOURS,
)
"""Party branches at work (党建)."""
NEEDS = (
    Entry(label="队列", to="console:board", pages=("console:board", "console:need"), key="1"),
    Entry(label="电话登记", to="console:intake", pages=("console:intake",), key="3"),
    Entry(label="粘贴群消息", to="console:paste", pages=("console:paste",), key="4"),
    Entry(label="定类别", to="console:review", pages=REVIEW, roles=DISPATCHER),
    Entry(label="热点", to="console:hot", pages=("console:hot",), key="7"),
)
"""What comes in: the queue, the ways in, which service it is, what comes often (需求)."""
SORTING = (
    Entry(label="定类别", to="console:review", pages=REVIEW, roles=ADMINISTRATOR),
    Entry(
        label="一致性",
        to="console:review_doubts",
        pages=("console:review_doubts", "console:review_settle"),
        roles=ADMINISTRATOR,
    ),
    Entry(label="学习", to="console:learning", pages=("console:learning*",), roles=ADMINISTRATOR),
    Entry(label="漂移", to="console:drift", pages=("console:drift",), roles=ADMINISTRATOR),
    Entry(label="词语", to="console:words", pages=("console:words*",), roles=ADMINISTRATOR),
    Entry(label="派单规则", to="console:rules", pages=("console:rules*",), roles=ADMINISTRATOR),
)
"""How the system tells services apart and whom it sends what (分类派单)."""
ENTRIES = (
    Entry(label="需求", section=NEEDS),
    Entry(label="计划", to="console:plans", pages=("console:plan*", "console:jobs"), key="2"),
    Entry(label="分类派单", section=SORTING),
    Entry(label="村网", section=VILLAGES),
    Entry(label="应急", section=EMERGENCY),
    Entry(label="阵地", section=BASES),
    Entry(label="队伍", section=TEAMS),
    Entry(label="物资", section=RESOURCES),
    Entry(label="账本", section=LEDGERS),
    Entry(label="党建", section=BRANCHES),
    Entry(label="考评", section=APPRAISAL),
    Entry(label="惠企", section=REACHING),
    Entry(label="能源", section=ENERGY),
    Entry(label="我的", section=OWN),
    Entry(label="看板", to="board:overview", roles=frozenset(Role)),
    Entry(label="管理", to="admin:index", roles=ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry as one person sees it on one page."""

    label: str
    address: str
    key: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The bar on top, and that of the section one is in; empty outside of any.

    `keyed` are the pages of other sections that a key opens: no bar shows them, every page has
    their keys.
    """

    top: tuple[Link, ...]
    section: tuple[Link, ...]
    keyed: tuple[Link, ...]


def bars(*, role: Role, page: str) -> Bars:
    """Return where a role may go from a page, named as in ``app:name``."""
    return _bars(role, page, get_language())


@cache
def _bars(role: Role, page: str, _language: str | None) -> Bars:
    """Make the bars once for a role, a page and the language that `gettext` now speaks."""
    seen = _seen_in(role)
    here = next((entry for entry in seen if entry.section and entry.holds(page)), None)
    return Bars(
        top=tuple(_link(entry, page) for entry in seen),
        section=tuple(_link(entry, page) for entry in here.section) if here else (),
        keyed=tuple(
            _link(entry, page)
            for other in seen
            if other is not here
            for entry in other.section
            if entry.key
        ),
    )


@cache
def _seen_in(role: Role) -> tuple[Entry, ...]:
    return tuple(_open_to(ENTRIES, role))


def _open_to(entries: Iterable[Entry], role: Role) -> Iterator[Entry]:
    """Yield the entries open to a role; a section leads to its first page open to it."""
    for entry in entries:
        if entry.to:
            if role in entry.roles:
                yield entry
            continue
        section = tuple(_open_to(entry.section, role))
        if section:
            yield replace(entry, section=section, to=section[0].to)


def _link(entry: Entry, page: str) -> Link:
    return Link(
        label=gettext(entry.label),
        address=_address(entry.to),
        key=entry.key,
        is_here=entry.holds(page),
    )


@cache
def _address(name: str) -> str:
    """Return the address of a page without parts: fifty are asked for in every page."""
    return reverse(name)
