"""A computed grid as a document."""

from datetime import datetime

from dianliang.domain.relief.study_queries import StudyRow
from dianliang.flows.studies.grid_rows import beyond, beyond_of
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word

GENERATED = "模型为演示生成，不是实际电网。"
SOURCE = (
    "限值：GB/T 12325 电压偏差、GB/T 15543 电压不平衡、线路和变压器额定值、三相负荷不平衡；"
    "潮流由 power-grid-model 计算。"
)
MOST_ROWS = 100


def paper(row: StudyRow, *, kind: str, at: datetime) -> bytes:
    """Return a computed grid as a Word or PDF document (潮流计算书)."""
    document = Document(
        title="潮流计算书",
        number=row.number,
        subtitle=row.title,
        blocks=[
            *([Paragraph(GENERATED, is_note=True)] if row.is_generated else []),
            Facts(_facts(row)),
            Heading("各台区、馈线", 2),
            _areas(row),
            Heading("超限清单", 2),
            _beyond(row),
            Paragraph(SOURCE, is_note=True),
        ],
    )
    make = word if kind == "docx" else pdf
    return make([document], title="潮流计算书", made_at=at)


def _facts(row: StudyRow) -> list[tuple[str, str]]:
    told, inputs = row.result, row.inputs
    size = (
        f"{inputs['nodes']} 个节点，{inputs['lines']} 条线路，"
        f"{inputs['transformers']} 台变压器，{inputs['loads']} 个负荷"
    )
    worst = beyond_of(told["worst"]) if told["worst"] else None
    return [
        ("模型", inputs["name"]),
        ("规模", size),
        ("时刻", f"{told['steps']} 个，每个 {inputs['minutes']} 分钟"),
        ("算不出的时刻", f"{told['unsolved_steps']} 个"),
        ("用电", f"{told['drawn_kwh']:,.1f} kWh"),
        ("损耗", f"{told['loss_kwh']:,.1f} kWh"),
        ("超限", f"{told['beyond_count']} 处，其中电压 {told['voltage_count']} 处"),
        ("最严重时刻", told["worst_at"]),
        ("最严重", str(worst.words) if worst else "—"),
        ("算法版本", row.engine),
    ]


def _areas(row: StudyRow) -> Table:
    return Table(
        columns=("台区或馈线", "节点", "用电（kWh）", "损耗（kWh）", "损耗率", "最紧的"),
        rows=[
            (
                area["area"],
                str(area["nodes"]),
                f"{area['drawn_kwh']:,.1f}",
                f"{area['loss_kwh']:,.1f}",
                f"{area['loss_share']:.1%}",
                str(beyond_of(area["binding"]).words) if area["binding"] else "—",
            )
            for area in row.result["areas"][:MOST_ROWS]
        ],
        numbers=frozenset({1, 2, 3, 4}),
        widths=(2, 0.8, 1.3, 1.3, 1, 4),
    )


def _beyond(row: StudyRow) -> Table:
    return Table(
        columns=("类别", "编号", "最严重时刻", "说明", "依据"),
        rows=[
            (one.label, one.id, one.at, str(one.words), one.clause)
            for one in beyond(row)[:MOST_ROWS]
        ],
        widths=(1.4, 1.4, 1.2, 4, 3),
        empty="没有超过限值的",
    )
