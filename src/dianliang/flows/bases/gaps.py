"""What is missing, expired or soon will be, across a tree: a list, and the same as Excel."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.domain.insight.base_checks import (
    GAPS,
    SOON,
    STATE_LABELS,
    TONES,
    BaseCheck,
    checked,
)
from dianliang.domain.insight.bases import site_ids
from dianliang.domain.venues import standards
from dianliang.domain.venues.queries import MatrixRow, Tree, TreeNode, matrices, tree
from dianliang.domain.venues.standards import Standard
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

PER_PAGE = 100
KEEPER, HOURS = "keeper!", "hours!"
"""The two duties beside the standard, among the keys of its items."""
DUTIES: Mapping[str, str] = {KEEPER: "责任人", HOURS: "开放时间"}
DUTY_WORDS: Mapping[str, str] = {
    KEEPER: "一个阵地一名在岗责任人。",
    HOURS: "登记每周开放时间。",
}
UNKNOWN_HOURS = "未登记"
COLUMNS = (
    "阵地编码",
    "阵地",
    "类别",
    "村社区",
    "管理单位",
    "责任人",
    "条目",
    "状态",
    "到期",
    "要求",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that one base lacks, or soon will."""

    node: TreeNode
    key: str
    name: str
    words: str
    state: str
    state_label: str
    tone: str
    expires_on: date | None
    keeper_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which gaps are wanted: below a node, of an item, in a state; empty for all."""

    matrix: str
    node: str = ""
    item: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPage:
    """A page of the gaps, with how many there are of each item and state."""

    asked: Asked
    tree: Tree
    matrices: tuple[MatrixRow, ...]
    here: TreeNode | None
    way_up: tuple[TreeNode, ...]
    rows: tuple[Gap, ...]
    total: int
    page: int
    pages: int
    items: tuple[tuple[str, str, int], ...]
    states: tuple[tuple[str, str, int], ...]
    bases: int
    sound: int


def page(*, asked: Asked, number: int, by: Actor, on: date) -> GapPage:
    """Return a page of gaps, in the order of the tree.

    Raises:
        NotVisibleError: no such matrix or node in the actor's sight.
    """
    grown, standard = tree(asked.matrix, by=by), standards.in_force()
    here = grown.node(asked.node) if asked.node else None
    everything = list(_all(grown, here, standard, on=on))
    of_item = Counter(gap.key for gap in everything)
    of_state = Counter(gap.state for gap in everything if asked.item in ("", gap.key))
    found = [
        gap for gap in everything if asked.item in ("", gap.key) and asked.state in ("", gap.state)
    ]
    pages = max(1, -(-len(found) // PER_PAGE))
    current = min(max(1, number), pages)
    bases = sum(node.site_id is not None and not node.closed_on for node in grown.under(here))
    names = {item.key: item.name for item in standard.items} | dict(DUTIES)
    labels = dict(STATE_LABELS)
    return GapPage(
        asked=asked,
        tree=grown,
        matrices=matrices(by=by),
        here=here,
        way_up=grown.way_up(here),
        rows=tuple(found[(current - 1) * PER_PAGE : current * PER_PAGE]),
        total=len(found),
        page=current,
        pages=pages,
        items=tuple((key, name, of_item[key]) for key, name in names.items() if of_item[key]),
        states=tuple((key, name, of_state[key]) for key, name in labels.items() if of_state[key]),
        bases=bases,
        sound=bases - len({gap.node.code for gap in everything if gap.state != SOON}),
    )


def _all(grown: Tree, here: TreeNode | None, standard: Standard, *, on: date) -> Iterator[Gap]:
    nodes = grown.under(here)
    checks = checked(site_ids(nodes), standard=standard, on=on)
    for node in nodes:
        check = checks.get(node.site_id or 0)
        if check is not None:
            yield from _of(node, check, standard)


def _of(node: TreeNode, check: BaseCheck, standard: Standard) -> Iterator[Gap]:
    keeper = check.keeper

    def gap(key: str, name: str, words: str, state: str, label: str, until: date | None) -> Gap:
        return Gap(
            node=node,
            key=key,
            name=name,
            words=words,
            state=state,
            state_label=label,
            tone=TONES[state],
            expires_on=until,
            keeper_name="" if keeper.is_gap else keeper.name,
        )

    if keeper.is_gap:
        words = DUTY_WORDS[KEEPER]
        yield gap(KEEPER, DUTIES[KEEPER], words, "missing", keeper.state_label, None)
    if not check.has_hours:
        words = DUTY_WORDS[HOURS]
        yield gap(HOURS, DUTIES[HOURS], words, "missing", UNKNOWN_HOURS, None)
    for item, found in zip(standard.items, check.items, strict=True):
        if found.state in GAPS or found.state == SOON:
            yield gap(
                item.key, item.name, item.words, found.state, found.state_label, found.expires_on
            )


def export(*, asked: Asked, by: Actor, at: datetime) -> bytes:
    """Return all gaps that are wanted as Excel; the export is on record.

    Raises:
        NotVisibleError: no such matrix or node in the actor's sight.
    """
    grown, standard = tree(asked.matrix, by=by), standards.in_force()
    here = grown.node(asked.node) if asked.node else None
    on = at.astimezone(SHANGHAI).date()
    found = [
        gap
        for gap in _all(grown, here, standard, on=on)
        if asked.item in ("", gap.key) and asked.state in ("", gap.state)
    ]
    out = BytesIO()
    book = blanks.workbook(out)
    sheet = book.add_worksheet("缺项")
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_row(0, 0, COLUMNS, book.add_format(blanks.HEADING))
    sheet.freeze_panes(1, 0)
    for line, gap in enumerate(found, start=1):
        node = gap.node
        cells = (node.site_code, node.name, node.kind_label, node.area_name, node.unit_name)
        until = str(gap.expires_on or "")
        sheet.write_row(
            line, 0, (*cells, gap.keeper_name, gap.name, gap.state_label, until, gap.words)
        )
    book.close()
    audit.record_about(
        "venues.baseproof.export",
        target_type="venues.baseproof",
        target_id=f"{asked.matrix}/{asked.node}"[:64],
        by=by,
        at=at,
        after=f"{len(found)} 行",
    )
    return out.getvalue()
