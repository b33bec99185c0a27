"""The figures of a matrix, level by level, with the records behind each; the same as Excel."""

from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.domain.insight import base_figures
from dianliang.domain.insight.base_checks import checked
from dianliang.domain.insight.base_figures import FIGURES, Records
from dianliang.domain.insight.base_shapes import Record, Span
from dianliang.domain.insight.bases import BaseRow, Rolled, rolled_up, site_ids
from dianliang.domain.venues import standards
from dianliang.domain.venues.queries import (
    UNPLACED,
    MatrixRow,
    TreeNode,
    home_of,
    matrices,
    tree,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

SCORE = "score"
SCORE_LABEL, SOUND = "得分率", "无缺项"
METHOD = (
    "记录算在它写明的阵地上：扫码提出的需求、这些需求的评价和上门、在阵地举办的行动、阵地的驻点。",
    "服务时长只计已公布的记录，冲销的已扣除；算在场次、行动或需求所在的阵地上。",
    "场室预约含未到场，不含取消；使用时长从签到到结束使用。使用率见“预约 › 使用情况”。",
    "每一级是它自己与全部下级之和；得分率是各阵地得分率的平均；缺项含责任人和开放时间。",
    "每个数字都能打开背后的记录，没有可以填写数字的地方。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage:
    """One level of a matrix with its figures, and the other matrices."""

    found: Rolled
    matrices: tuple[MatrixRow, ...]

    @property
    def matrix(self) -> MatrixRow:
        """Return the matrix that is shown."""
        return self.found.tree.matrix

    @property
    def here(self) -> TreeNode | None:
        """Return the node that is shown, or None for the whole matrix."""
        return self.found.node

    @property
    def points(self) -> list[dict[str, object]]:
        """Return the positions at and below this level for the map."""
        return [
            {
                "number": node.site_code,
                "title": node.name,
                "lat": node.lat,
                "lon": node.lon,
                "tone": "done",
                "danger": node.depth == 0,
            }
            for node in self.found.tree.under(self.here)
            if node.site_id
        ]


def page(*, matrix: str, code: str, span: Span, by: Actor) -> FiguresPage:
    """Return one level of a matrix; without any named, of the first one that holds the code.

    Of a matrix with a single root that root is shown.

    Raises:
        NotVisibleError: no such matrix or node in the actor's sight.
    """
    offered = matrices(by=by)
    if code and not matrix:
        matrix = home_of(code, by=by)
    if not matrix:
        matrix = offered[0].code if offered else UNPLACED
    grown = tree(matrix, by=by)
    roots = grown.children(None)
    if not code and len(roots) == 1:
        code = roots[0].code
    found = rolled_up(grown, code=code, span=span, standard=standards.in_force())
    return FiguresPage(found=found, matrices=offered)


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindPage:
    """The records behind one figure of one level."""

    matrix: MatrixRow
    node: TreeNode
    label: str
    good_label: str
    rows: tuple[Record, ...]
    total: int
    good: int
    hours: float | None


def behind(*, matrix: str, code: str, name: str, span: Span, by: Actor) -> BehindPage:
    """Return the records that a figure counts at and below a node.

    Raises:
        NotVisibleError: no such matrix, node or figure in the actor's sight.
    """
    grown = tree(matrix or home_of(code, by=by), by=by)
    node = grown.node(code)
    sites = site_ids(grown.under(node))
    if name == SCORE:
        return _scores(grown.matrix, node, grown.under(node), span=span)
    if name not in FIGURES:
        raise NotVisibleError("没有找到这些记录。")
    found: Records = base_figures.behind(name, sites=sites, span=span)
    return BehindPage(
        matrix=grown.matrix,
        node=node,
        label=found.figure.label,
        good_label=found.figure.good_label,
        rows=found.rows,
        total=found.total,
        good=found.good,
        hours=found.minutes / 60 if found.figure.is_minutes else None,
    )


def _scores(
    matrix: MatrixRow, node: TreeNode, nodes: tuple[TreeNode, ...], *, span: Span
) -> BehindPage:
    """Return each base with its score, worst first: what a mean is made of."""
    checks = checked(site_ids(nodes), standard=standards.in_force(), on=span.on)
    at = datetime.combine(span.on, time(), SHANGHAI)
    scored = [(checks[n.site_id], n) for n in nodes if n.site_id and n.site_id in checks]
    scored.sort(key=lambda pair: pair[0].score)
    rows = tuple(
        Record(
            number=n.site_code,
            what=f"{check.score:.1f} %",
            at=at,
            site_name=n.name,
            is_good=not check.gaps,
        )
        for check, n in scored
    )
    return BehindPage(
        matrix=matrix,
        node=node,
        label=SCORE_LABEL,
        good_label=SOUND,
        rows=rows[: base_figures.MOST_RECORDS],
        total=len(rows),
        good=sum(row.is_good for row in rows),
        hours=None,
    )


def workbook(*, matrix: str, code: str, span: Span, by: Actor, at: datetime) -> bytes:
    """Return one level with what hangs below it as Excel; the export is on record.

    Raises:
        NotVisibleError: no such matrix or node in the actor's sight.
    """
    shown = page(matrix=matrix, code=code, span=span, by=by)
    names = [figure.label for figure in FIGURES.values()]
    out = BytesIO()
    book = blanks.workbook(out)
    sheet = book.add_worksheet("阵地")
    heads = ("编码", "名称", "类别", "阵地数", *names, "得分率（%）", "缺项")
    sheet.set_column(0, len(heads) - 1, 14)
    sheet.write_row(0, 0, heads, book.add_format(blanks.HEADING))
    for line, row in enumerate((shown.found.here, *shown.found.rows), start=1):
        sheet.write_row(line, 0, _cells(row))
    method = book.add_worksheet("口径")
    method.set_column(0, 0, 100)
    for line, words in enumerate(METHOD):
        method.write_string(line, 0, words)
    book.close()
    audit.record_about(
        "insight.bases.export",
        target_type="insight.bases",
        target_id=f"{shown.matrix.code}/{code}"[:64],
        by=by,
        at=at,
        after=f"{len(shown.found.rows)} 行",
    )
    return out.getvalue()


def _cells(row: BaseRow) -> tuple[object, ...]:
    node = row.node
    place = (node.code if node else "", row.name, node.kind_label if node else "", row.bases)
    values = (round(v.of / 60, 1) if v.is_minutes else v.of for v in row.values)
    score = "" if row.score is None else round(row.score, 1)
    return (*place, *values, score, row.gaps)
