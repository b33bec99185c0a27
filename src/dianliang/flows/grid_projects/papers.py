"""The two-page report of a grid project: time against its references, issues, what is unknown."""

from datetime import date, datetime

from dianliang.core import audit
from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.queries.claims import Claim, claim_of
from dianliang.domain.grid_projects.queries.issues import IssueRow, issues_of
from dianliang.domain.grid_projects.queries.projects import Card, StepRow, card_of
from dianliang.flows.grid_projects.words import variance
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor

MOST_ISSUES = 12
METHOD = (
    "“损失工期”由关键线路算出：把问题从已发生的进度中去掉，看工程能早几天投运"
    "（SCL 工期延误与干扰准则第 2 版 11.6，collapsed as-built）；不在关键线路上的不计。"
    "计划日取基准计划，天数为日历日。"
)


def report(*, number: str, kind: str, by: Actor, on: date, at: datetime) -> bytes:
    """Return the report of a project as PDF or Word; who took it out is kept.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = access.project_to_see(number, by=by)
    card = card_of(project, role=by.role, on=on)
    document = paper(
        card=card,
        claim=claim_of(project.number, reach=by.unit_path),
        issues=issues_of(project, at=at, on=on),
        on=on,
    )
    audit.record("grid_projects.project.print", target=project, by=by, at=at, after=kind)
    print_it = word if kind == "word" else pdf
    return print_it([document], title=document.title, made_at=at)


def paper(*, card: Card, claim: Claim, issues: tuple[IssueRow, ...], on: date) -> Document:
    """Describe the report of one project."""
    blocks: list[Block] = []
    if card.is_generated:
        blocks.append(Paragraph("本报告用的是演示数据，由系统生成，不是真实工程。", is_note=True))
    blocks += [
        _facts(card),
        Heading("里程碑", 2),
        _steps(card.steps),
        Paragraph(f"关键线路：{' → '.join(_names(card))}。" if card.path else "尚无基准计划。"),
        Heading("工期：与什么相比", 2),
        *_claim(claim),
        Heading("属地问题", 2),
        _issues(issues),
        Paragraph(
            f"全部属地问题合计使工期推迟 {card.joint_days} 天（各项不可相加）。{METHOD}"
            if card.joint_days is not None
            else METHOD,
            is_note=True,
        ),
    ]
    return Document(
        title="电网工程进度报告",
        subtitle=f"{card.row.name}　截至 {on}",
        number=card.row.number,
        issuer=card.row.unit_name,
        blocks=blocks,
    )


def _facts(card: Card) -> Facts:
    row = card.row
    budget = f"{card.budget_cny / 10_000:,.1f} 万元" if card.budget_cny is not None else "—"
    size = [
        *([f"{card.length_km:g} 公里"] if card.length_km else []),
        *([f"{card.capacity_mva:g} 兆伏安"] if card.capacity_mva else []),
    ]
    return Facts(
        [
            ("类型", f"{row.voltage} {row.kind_label}"),
            ("状态", row.status_label),
            ("规模", "，".join(size) or "—"),
            ("概算", budget),
            ("涉及区域", row.area_names),
            ("专班组长", row.leader or "未设专班"),
            ("计划投运", str(row.planned_on or "—")),
            ("实际或预测投运", f"{row.ends_on or '—'}（{variance(row.variance_days)}）"),
        ]
    )


def _names(card: Card) -> list[str]:
    names = {step.code: step.name for step in card.steps}
    return [names[code] for code in card.path]


def _steps(steps: tuple[StepRow, ...]) -> Table:
    return Table(
        columns=("里程碑", "最初计划", "现行计划", "实际或预测", "偏差", "时差（天）"),
        rows=[
            (
                f"{step.name}{'★' if step.is_critical else ''}",
                str(step.first_on or "—"),
                str(step.planned_on or "—"),
                f"{step.ends_on or '—'}{'' if step.actual_on else '（预测）'}",
                variance(step.variance_days),
                "—" if step.slack_days is None else str(step.slack_days),
            )
            for step in steps
        ],
        numbers=frozenset({5}),
        caption="★ 在关键线路上",
    )


def _claim(claim: Claim) -> list[Block]:
    rows = [(one.words, variance(one.days), f"{one.months:+.1f} 个月") for one in claim.against]
    table = Table(
        columns=("参照", "相差", "折合"),
        rows=rows,
        widths=(5, 1.4, 1.4),
        numbers=frozenset({2}),
        empty="没有可比的参照",
    )
    told = claim.effect or claim.refusal
    unknown = "".join(f"{number}. {one}" for number, one in enumerate(claim.unknown, start=1))
    return [table, Paragraph(told), Paragraph(f"还不知道的：{unknown}", is_note=True)]


def _issues(issues: tuple[IssueRow, ...]) -> Table:
    return Table(
        columns=("编号", "类型", "村（社区）", "影响", "责任单位", "状态", "损失工期（天）"),
        rows=[
            (
                issue.number,
                issue.kind_name,
                issue.place,
                issue.milestone or "—",
                issue.unit_name,
                issue.status_label,
                issue.lost,
            )
            for issue in issues[:MOST_ISSUES]
        ],
        numbers=frozenset({6}),
        empty="没有属地问题",
        caption=f"共 {len(issues)} 个，列出最近 {min(len(issues), MOST_ISSUES)} 个",
    )
