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
from dianliang.integrations.documents.saying import Say, said
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase, in_a_row, joined

MOST_ISSUES = 12
METHOD = Phrase(
    "“损失工期”由关键线路算出：把问题从已发生的进度中去掉，看工程能早几天投运"
    "（SCL 工期延误与干扰准则第 2 版 11.6，collapsed as-built）；不在关键线路上的不计。"
    "计划日取基准计划，天数为日历日。"
)


def report(
    *,
    number: str,
    kind: str,
    by: Actor,
    on: date,
    at: datetime,
    say: Say = str,
    language: str = "zh",
) -> bytes:
    """Return the report of a project as PDF or Word; who took it out is kept.

    `say` tells a text in `language`.

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
    document = said(document, say, language=language)
    audit.record("grid_projects.project.print", target=project, by=by, at=at, after=kind)
    print_it = word if kind == "word" else pdf
    return print_it([document], title=document.title, made_at=at)


def paper(*, card: Card, claim: Claim, issues: tuple[IssueRow, ...], on: date) -> Document:
    """Describe the report of one project."""
    blocks: list[Block] = []
    if card.is_generated:
        blocks.append(
            Paragraph(Phrase("本报告用的是演示数据，由系统生成，不是真实工程。"), is_note=True)
        )
    blocks += [
        _facts(card),
        Heading(Phrase("里程碑"), 2),
        _steps(card.steps),
        Paragraph(_path(card)),
        Heading(Phrase("工期：与什么相比"), 2),
        *_claim(claim),
        Heading(Phrase("属地问题"), 2),
        _issues(issues),
        Paragraph(
            Phrase(
                "全部属地问题合计使工期推迟 %(n)d 天（各项不可相加）。%(method)s",
                n=card.joint_days,
                method=METHOD,
            )
            if card.joint_days is not None
            else METHOD,
            is_note=True,
        ),
    ]
    return Document(
        title=Phrase("电网工程进度报告"),
        subtitle=Phrase("%(name)s　截至 %(on)s", name=card.row.name, on=f"{on}"),
        number=card.row.number,
        issuer=card.row.unit_name,
        blocks=blocks,
    )


def _facts(card: Card) -> Facts:
    row = card.row
    budget: str = "—"
    if card.budget_cny is not None:
        budget = Phrase("%(cny)s 元", cny=f"{card.budget_cny:,.0f}")
    size: list[str] = []
    if card.length_km:
        size.append(Phrase("%(km)s 公里", km=f"{card.length_km:g}"))
    if card.capacity_mva:
        size.append(Phrase("%(mva)s 兆伏安", mva=f"{card.capacity_mva:g}"))
    ends: str = str(row.ends_on or "—")
    if row.variance_days is not None:
        ends = Phrase("%(on)s（%(how)s）", on=ends, how=variance(row.variance_days))
    return Facts(
        [
            (
                Phrase("类型"),
                Phrase("%(voltage)s %(kind)s", voltage=row.voltage, kind=Phrase(row.kind_label)),
            ),
            (Phrase("状态"), row.status_label),
            (Phrase("规模"), joined("，", size) or "—"),
            (Phrase("概算"), budget),
            (Phrase("涉及区域"), row.area_names),
            (Phrase("专班组长"), row.leader or Phrase("未设专班")),
            (Phrase("计划投运"), str(row.planned_on or "—")),
            (Phrase("实际或预测投运"), ends),
        ]
    )


def _path(card: Card) -> str:
    if not card.path:
        return Phrase("尚无基准计划。")
    names = {step.code: Phrase(step.name) for step in card.steps}
    return Phrase("关键线路：%(names)s。", names=joined(" → ", [names[code] for code in card.path]))


def _steps(steps: tuple[StepRow, ...]) -> Table:
    return Table(
        columns=(
            Phrase("里程碑"),
            Phrase("最初计划"),
            Phrase("现行计划"),
            Phrase("实际或预测"),
            Phrase("偏差"),
            Phrase("时差（天）"),
        ),
        rows=[
            (
                Phrase("%(name)s★", name=Phrase(step.name)) if step.is_critical else step.name,
                str(step.first_on or "—"),
                str(step.planned_on or "—"),
                f"{step.ends_on or '—'}"
                if step.actual_on or not step.ends_on
                else Phrase("%(on)s（预测）", on=f"{step.ends_on}"),
                variance(step.variance_days),
                "—" if step.slack_days is None else str(step.slack_days),
            )
            for step in steps
        ],
        numbers=frozenset({5}),
        caption=Phrase("★ 在关键线路上"),
    )


def _claim(claim: Claim) -> list[Block]:
    rows = [
        (one.words, variance(one.days), Phrase("%(n)s 个月", n=f"{one.months:+.1f}"))
        for one in claim.against
    ]
    table = Table(
        columns=(Phrase("参照"), Phrase("相差"), Phrase("折合")),
        rows=rows,
        widths=(5, 1.4, 1.4),
        numbers=frozenset({2}),
        empty=Phrase("没有可比的参照"),
    )
    told = claim.effect or claim.refusal
    unknown = in_a_row(
        Phrase("%(n)d. %(what)s ", n=n, what=one) for n, one in enumerate(claim.unknown, start=1)
    )
    return [
        table,
        Paragraph(told),
        Paragraph(Phrase("还不知道的：%(what)s", what=unknown), is_note=True),
    ]


def _issues(issues: tuple[IssueRow, ...]) -> Table:
    return Table(
        columns=(
            Phrase("编号"),
            Phrase("类型"),
            Phrase("村（社区）"),
            Phrase("影响"),
            Phrase("责任单位"),
            Phrase("状态"),
            Phrase("损失工期（天）"),
        ),
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
        empty=Phrase("没有属地问题"),
        caption=Phrase(
            "共 %(n)d 个，列出最近 %(m)d 个", n=len(issues), m=min(len(issues), MOST_ISSUES)
        ),
    )
