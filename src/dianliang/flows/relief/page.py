"""The pages about proposals: all of them, and one through its lines."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.directory.queries import units
from dianliang.domain.energy.queries.claims import of_subject
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.relief import load_queries, proposal_queries
from dianliang.domain.relief.proposal_queries import LineRow, ProposalRow
from dianliang.flows.list_sheets import Table, list_sheet
from dianliang.flows.relief.comparing import Comparison, compare
from dianliang.flows.relief.planning import PROPOSE
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph
from dianliang.integrations.documents.model import Table as PaperTable
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of

SHEET = Table(
    "relief.proposal",
    "治理方案",
    (
        ("变压器编号", "number"),
        ("名称", "name"),
        ("村社区", "village_name"),
        ("容量（kVA）", "capacity_kva"),
        ("结果", "outcome_label"),
        ("措施", "measures_told"),
        ("费用（元）", "cost_cny"),
        ("用变压器（台）", "units"),
        ("治理前最大负载率", "before_share"),
        ("治理后最大负载率", "after_share"),
        ("治理前超重载线（kWh）", "before_kwh"),
        ("治理后超重载线（kWh）", "after_kwh"),
        ("还差（元）", "lacking_cny"),
        ("理由", "words"),
        ("决定", "verdict_label"),
        ("投运日期", "built_on"),
        ("实际费用（元）", "spent_cny"),
    ),
)

GENERATED = "本方案用的是演示数据：曲线由系统生成，不是实测。"
SCOPE = "最优和最省都只在专变、三相平衡、负荷转移、储能、增容这几类措施之内。"
"""What a proposal weighs, for its paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """The proposals of a unit, the months that can be planned, and what goes on."""

    rows: tuple[ProposalRow, ...]
    months: tuple[date, ...]
    is_going_on: bool
    failed: str


def proposals(*, by: Actor) -> Proposals:
    """Return the actor's proposals. Four queries."""
    job = BackgroundJob.objects.filter(kind=PROPOSE).order_by("-pk").first()
    failed = ""
    if job is not None and job.status == BackgroundJob.Status.FAILED:
        failed = "方案多次中断，请再试一次；仍不行请联系管理员查看后台任务。"
    elif job is not None:
        failed = phrase_of((job.result or {}).get("error", ""))
    return Proposals(
        rows=proposal_queries.proposals(unit_path=by.unit_path),
        months=tuple(row.month for row in load_queries.screenings()),
        is_going_on=jobs.is_going_on(PROPOSE),
        failed=failed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneProposal:
    """A proposal with its lines, what is claimed of it, and what was measured since."""

    row: ProposalRow
    lines: tuple[LineRow, ...]
    claims: tuple[ClaimRow, ...]
    measured: Comparison


def proposal(number: str, *, by: Actor) -> OneProposal:
    """Return a proposal.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = proposal_queries.proposal(number=number, unit_path=by.unit_path)
    if found is None:
        raise NotVisibleError("没有找到这份方案。")
    claims = tuple(of_subject("relief", number, by=by))
    return OneProposal(row=found[0], lines=found[1], claims=claims, measured=compare(*found))


def sheet(number: str, *, by: Actor, at: datetime) -> bytes:
    """Return a proposal's lines as a workbook; that it was taken out is on record.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    page = proposal(number, by=by)
    return list_sheet(SHEET, page.lines, filter_words=number, by=by, at=at)


def paper(number: str, *, kind: str, by: Actor, at: datetime) -> bytes:
    """Return a proposal as a Word or PDF document.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    page = proposal(number, by=by)
    document = Document(
        title="台区治理方案",
        number=page.row.number,
        subtitle=f"依据 {page.row.month:%Y-%m} 实测曲线",
        blocks=[
            *([Paragraph(GENERATED, is_note=True)] if page.row.is_generated else []),
            Facts([*_facts(page.row), ("单位", _unit_name(page.row))]),
            *_of_lines(page),
        ],
    )
    make = word if kind == "docx" else pdf
    return make([document], title="台区治理方案", made_at=at)


def _facts(row: ProposalRow) -> list[tuple[str, str]]:
    budget = "不限" if row.budget_cny is None else f"{row.budget_cny:,.0f} 元"
    units = "不限" if row.most_units is None else f"{row.most_units} 台"
    proof = "在所列措施之内已证明最优" if row.is_proven else f"上限 {row.bound} 个，未证明最优"
    return [
        ("过载台区", f"{row.areas} 个"),
        ("可治理", f"{row.relieved} 个（{proof}）"),
        ("预算", budget),
        ("台数上限", units),
        ("费用", f"{row.cost_cny:,.0f} 元"),
        ("用变压器", f"{row.units} 台"),
        ("比更换够大的变压器少花", f"{row.avoided_cny:,.0f} 元"),
        ("判定", row.screening),
        ("算法版本", row.engine),
        ("提出", f"{row.made_by}"),
    ]


def _unit_name(row: ProposalRow) -> str:
    """Return the unit that the proposal belongs to."""
    return next((u.name for u in units(within=row.unit_path) if u.path == row.unit_path), "")


def _measures(line: LineRow) -> str:
    """Say what is to be done, or what would do and was not chosen."""
    if line.measures:
        return line.measures_told
    return f"未选；最省的是{line.cheapest_told}" if line.cheapest else "没有"


def _of_lines(page: OneProposal) -> list[Heading | PaperTable | Paragraph]:
    return [
        Heading("各台区", 2),
        PaperTable(
            columns=("变压器", "结果", "措施", "费用（元）", "前", "后", "理由"),
            rows=[
                (
                    f"{line.number} {line.name}",
                    line.outcome_label,
                    _measures(line),
                    f"{line.cost_cny:,.0f}",
                    f"{line.before_share:.0%}",
                    f"{line.after_share:.0%}",
                    line.words,
                )
                for line in page.lines
            ],
            numbers=frozenset({3, 4, 5}),
            widths=(2.4, 1.2, 3, 1.2, 0.8, 0.8, 3),
        ),
        Paragraph(
            "前、后为治理前后的最大负载率，按曲线逐点计算，有分相读数时按最满一相的三倍，"
            "所以可能高于“重过载”里按总负荷算的数；费用为方案所列造价口径。",
            is_note=True,
        ),
        Paragraph(SCOPE, is_note=True),
        Heading("造价口径", 2),
        PaperTable(
            columns=("措施", "额定容量（kVA）", "造价（元）", "来源", "年份"),
            rows=[
                (
                    str(one["label"]),
                    str(one["rating_kva"] or ""),
                    f"{one['cny']:,.0f}",
                    str(one["source"]),
                    str(one["year"] or ""),
                )
                for one in page.row.prices
            ],
            numbers=frozenset({1, 2}),
        ),
    ]
