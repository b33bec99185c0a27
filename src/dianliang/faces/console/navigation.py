"""Where the console leads to: one table for the bar on top and the bar of a section below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext

from dianliang.kernel.actor import Role

DISPATCHER = frozenset({Role.DISPATCHER})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
HANDLERS = frozenset({Role.DISPATCHER, Role.ALLIANCE_UNIT})
VILLAGE_READERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS, Role.COMMANDER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that the bar leads to, or a section of several.

    `pages` are the names of addresses that belong to it, `*` at the end standing for anything;
    `key` is the key that opens it.
    """

    label: str
    to: str = ""
    pages: tuple[str, ...] = ()
    key: str = ""
    roles: frozenset[Role] = HANDLERS
    section: tuple["Entry", ...] = ()

    def holds(self, page: str) -> bool:
        """Tell whether a page belongs to it."""
        return any(_fits(page, pattern) for pattern in self.pages) or any(
            entry.holds(page) for entry in self.section
        )


def _fits(page: str, pattern: str) -> bool:
    return page.startswith(pattern[:-1]) if pattern.endswith("*") else page == pattern


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
BOOKERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS, Role.ALLIANCE_UNIT}
BOOKING_READERS = BOOKERS | {Role.COMMANDER, Role.AUDITOR}
BASE_WORKERS = DISPATCHER | ADMINISTRATOR | {Role.PARTY_AFFAIRS}
BASE_READERS = BASE_WORKERS | {Role.COMMANDER, Role.AUDITOR}
BASES: tuple[Entry, ...] = (
    Entry(
        label="阵地体系",
        to="console:bases",
        pages=("console:bases", "console:base_tree", "console:base"),
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
        pages=("console:booking_use",),
        roles=BOOKING_READERS,
    ),
)
"""Bases, and the rooms and gear that they share (阵地)."""
TEAMS: tuple[Entry, ...] = ()
"""People, what they do together, and the hours that they give (队伍)."""
LEDGERS: tuple[Entry, ...] = ()
"""What is given, earned and spent (账本)."""
BRANCHES: tuple[Entry, ...] = ()
"""Party branches at work (党建)."""
ENTRIES = (
    Entry(label="需求", to="console:board", pages=("console:board", "console:need"), key="1"),
    Entry(label="计划", to="console:plans", pages=("console:plan*", "console:jobs"), key="2"),
    Entry(label="热点", to="console:hot", pages=("console:hot",), key="7"),
    Entry(label="电话登记", to="console:intake", pages=("console:intake",), key="3"),
    Entry(label="粘贴群消息", to="console:paste", pages=("console:paste",), key="4"),
    Entry(
        label="定类别",
        to="console:review",
        pages=("console:review", "console:review_choose"),
        roles=DISPATCHER | ADMINISTRATOR,
    ),
    Entry(label="村网", section=VILLAGES),
    Entry(label="阵地", section=BASES),
    Entry(label="队伍", section=TEAMS),
    Entry(label="账本", section=LEDGERS),
    Entry(label="党建", section=BRANCHES),
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
    """The bar on top, and that of the section one is in; empty outside of any."""

    top: tuple[Link, ...]
    section: tuple[Link, ...]


def bars(*, role: Role, page: str) -> Bars:
    """Return where a role may go from a page, named as in ``app:name``."""
    seen = tuple(_open_to(ENTRIES, role))
    here = next((entry for entry in seen if entry.section and entry.holds(page)), None)
    return Bars(
        top=tuple(_link(entry, page) for entry in seen),
        section=tuple(_link(entry, page) for entry in here.section) if here else (),
    )


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
        address=reverse(entry.to),
        key=entry.key,
        is_here=entry.holds(page),
    )
