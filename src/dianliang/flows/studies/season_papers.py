"""A seasonal forecast as a document."""

from datetime import datetime

from dianliang.domain.relief.study_queries import StudyRow
from dianliang.flows.studies.season import RiskRow, rows
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word

GENERATED = "所用曲线为演示生成，不是实测。"
ASSUMED = "只有一季可用，没有经过验证：区间宽窄是假定的，不列重载、过载的可能。"
METHOD = (
    "区间和可能性由逐年留出的季节得到；预警日是 90 % 区间上限首次达到额定容量 80 % 的那天；"
    "负载率按功率因数 0.95 折算。"
)
MOST_ROWS = 200


def paper(row: StudyRow, *, kind: str, at: datetime) -> bytes:
    """Return a forecast as a Word or PDF document (季节负荷预测)."""
    told = row.result
    every = rows(row)
    document = Document(
        title="季节负荷预测",
        number=row.number,
        subtitle=row.title,
        blocks=[
            *([Paragraph(GENERATED, is_note=True)] if row.is_generated else []),
            Facts(
                [
                    ("要预测的一季", f"{row.inputs['next_start']} 起 {row.inputs['days']} 天"),
                    ("过去各季", "、".join(row.inputs["starts"])),
                    ("变压器", f"{len(every)} 台，没有历史曲线的 {len(told['left_out'])} 台"),
                    ("留出验证的季数", str(told["held_out"])),
                    ("每年增长", f"{told['growth'] - 1:+.1%}"),
                    ("算法版本", row.engine),
                ]
            ),
            Heading("各变压器，过载可能大的在前", 2),
            _table(every[:MOST_ROWS]),
            *([] if told["held_out"] else [Paragraph(ASSUMED, is_note=True)]),
            Paragraph(METHOD, is_note=True),
        ],
    )
    make = word if kind == "docx" else pdf
    return make([document], title="季节负荷预测", made_at=at)


def _table(every: tuple[RiskRow, ...]) -> Table:
    return Table(
        columns=("变压器", "容量（kVA）", "预计最大（kW）", "90 % 区间", "重载", "过载", "预警日"),
        rows=[
            (
                f"{one.number} {one.name}",
                f"{one.capacity_kva:g}",
                f"{one.peak_kw:.0f}",
                f"{one.low_kw:.0f}–{one.high_kw:.0f}",
                "—" if one.heavy is None else f"{one.heavy:.0%}",
                "—" if one.over is None else f"{one.over:.0%}",
                one.warn_on.isoformat() if one.warn_on else "—",
            )
            for one in every
        ],
        numbers=frozenset({1, 2, 3, 4, 5}),
        widths=(3, 1, 1.2, 1.4, 0.8, 0.8, 1.2),
    )
