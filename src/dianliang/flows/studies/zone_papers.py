"""What leaves of a zone's study: its balance as a document, its savings as claims."""

import hashlib
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.directory.queries import unit_code_of
from dianliang.domain.energy.queries.claims import of_subject
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.relief.study_queries import StudyRow
from dianliang.flows.claims import ClaimDraft, EvidenceDraft, restate_claim
from dianliang.flows.studies.zone import ENGINE
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

SUBJECT = "study"
KG_PER_T = 1000
BOUNDARY = Phrase(
    "一个光储直柔区一年的购电费、需量电费、储能损耗和上网收入；"
    "与同一区不储能、柔性负荷不等待相比；不含光伏、储能、充电桩的投资。"
)
KNOWN_AHEAD = Phrase("计算时预先知道全年每小时的负荷、光伏和车，是能省的上限；没有给误差范围。")
GENERATED = Phrase("所用电价标为生成或演示，不是公布的价格，结果只作演示。")


def claims(row: StudyRow, *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return what is claimed of a study."""
    return tuple(of_subject(SUBJECT, row.number, by=by))


@transaction.atomic
def state(row: StudyRow, *, by: Actor, at: datetime) -> tuple[ClaimRow, ...]:
    """State what the year saves in money and carbon as engineering estimates (登记量化声明).

    What an earlier study of the same zone and year stated is superseded: it is one saving.

    Raises:
        UnableToClaimError, NotVisibleError: see `restate_claim`.
    """
    drafts = (_money(row), _carbon(row))
    return tuple(
        restate_claim(draft=draft, reason=f"按计算书 {row.number} 重新登记", by=by, at=at)
        for draft in drafts
    )


def _draft(row: StudyRow, *, title: str, kind: str, value: float, measure: str) -> ClaimDraft:
    tariff = row.inputs["tariff"]
    year = date.fromisoformat(row.inputs["day"]).year
    return ClaimDraft(
        title=title,
        kind=kind,
        value=value,
        measure=measure,
        option="optimised",
        method=Phrase(
            "%(year)s 年 8760 小时线性规划（费用最低），电价 %(tariff)s"
            "（%(title)s，%(of)s 年，全年按这一版）。",
            year=year,
            tariff=tariff["name"],
            title=tariff["title"],
            of=tariff["year"],
        ),
        boundary=BOUNDARY,
        no_interval=KNOWN_AHEAD,
        engine="engines.zone",
        engine_version=ENGINE,
        subject_kind=SUBJECT,
        subject_number=row.number,
        subject_name=row.title,
        from_on=date(year, 1, 1),
        until_on=date(year + 1, 1, 1),
        evidence=[EvidenceDraft(kind=SUBJECT, number=row.number, words=_study(row))],
        unit_code=unit_code_of(row.unit_path),
        key=_key(row, year, kind),
        is_generated=row.is_generated or tariff["is_generated"],
    )


def _study(row: StudyRow) -> str:
    return Phrase("计算书 %(number)s", number=row.number)


def _key(row: StudyRow, year: int, kind: str) -> str:
    """Return the key of what a zone saves in a year: a later study of it takes the place.

    A zone is known by its title within the unit: it is in no register.
    """
    zone = f"{row.unit_path} {' '.join(row.title.split())}"
    return f"zone:{hashlib.sha256(zone.encode()).hexdigest()[:32]}:{year}:{kind}"


def _money(row: StudyRow) -> ClaimDraft:
    title = Phrase("%(title)s：一年少花的电费", title=row.title)
    return _draft(row, title=title, kind="cost", value=row.result["saved_cny"], measure="CNY")


def _carbon(row: StudyRow) -> ClaimDraft:
    result = row.result
    less_kwh = result["plain"]["import_kwh"] - result["year"]["import_kwh"]
    value = result["avoided_kg"] / KG_PER_T
    title = Phrase("%(title)s：一年少排的二氧化碳", title=row.title)
    draft = _draft(row, title=title, kind="carbon", value=value, measure="tCO2")
    if not row.inputs["factor"] or less_kwh < 0:
        return draft
    return replace(draft, factor=row.inputs["factor"], activity=less_kwh, activity_unit="kWh")


def paper(row: StudyRow, *, kind: str, at: datetime) -> bytes:
    """Return a zone's balance as a Word or PDF document (自给、自用、平衡报告)."""
    document = Document(
        title="光储直柔平衡报告",
        number=row.number,
        subtitle=row.title,
        blocks=[
            *(
                [Paragraph(GENERATED, is_note=True)]
                if row.is_generated or row.inputs["tariff"]["is_generated"]
                else []
            ),
            Facts(_facts(row)),
            Heading("一年平衡", 2),
            _balance(row),
            Heading("逐月", 2),
            _months(row),
            Paragraph(KNOWN_AHEAD, is_note=True),
            Paragraph(BOUNDARY, is_note=True),
        ],
    )
    make = word if kind == "docx" else pdf
    return make([document], title="光储直柔平衡报告", made_at=at)


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _facts(row: StudyRow) -> list[tuple[str, str]]:
    plan, year, plain = row.inputs["plan"], row.result["year"], row.result["plain"]
    tariff, battery = row.inputs["tariff"], row.result["battery"]
    stored = (
        f"{battery['power_kw']:g} kW / {battery['energy_kwh']:g} kWh，"
        f"往返效率 {battery['efficiency']:.0%}"
        if battery
        else "无"
    )
    return [
        ("自给率", f"{_share(year['autonomy'])}（不储不调 {_share(plain['autonomy'])}）"),
        ("自发自用率", f"{_share(year['self_use'])}（不储不调 {_share(plain['self_use'])}）"),
        ("一年费用", f"{year['cost_cny']:,.0f} 元（省 {row.result['saved_cny']:,.0f} 元）"),
        ("少排二氧化碳", f"{row.result['avoided_kg'] / KG_PER_T:,.1f} t"),
        ("光伏", f"{plan['sun_kwp']:g} kWp，年利用 {plan['full_hours']:g} 小时"),
        ("储能", stored),
        ("电动车", f"{plan['cars']} 辆，每工作日各 {plan['car_kwh']:g} kWh"),
        ("年用电", f"{plan['load_kwh']:,.0f} kWh"),
        ("电价", f"{tariff['name']} {tariff['title']}"),
        ("电价来源", f"{tariff['source']}（{tariff['year']}）"),
        ("电网碳因子", f"{plan['carbon_kg']:g} kg/kWh {row.inputs['factor']}"),
        ("算法版本", row.engine),
    ]


def _balance(row: StudyRow) -> Table:
    names = ("consumed_kwh", "sun_kwh", "import_kwh", "export_kwh", "lost_sun_kwh")
    return Table(
        columns=("一年", "用电", "光伏", "购电", "上网", "弃光", "费用（元）", "碳排放（kg）"),
        rows=[
            (
                label,
                *(f"{told[name]:,.0f}" for name in names),
                f"{told['cost_cny']:,.0f}",
                f"{told['carbon_kg']:,.0f}",
            )
            for label, told in (("计划运行", row.result["year"]), ("不储不调", row.result["plain"]))
        ],
        caption="电量单位 kWh",
        numbers=frozenset(range(1, 8)),
    )


def _months(row: StudyRow) -> Table:
    names = ("consumed_kwh", "sun_kwh", "import_kwh", "export_kwh", "peak_kw", "plain_peak_kw")
    return Table(
        columns=("月", "用电", "光伏", "购电", "上网", "最大需量（kW）", "不储不调的需量（kW）"),
        rows=[
            (str(month["month"]), *(f"{month[name]:,.0f}" for name in names))
            for month in row.result["months"]
        ],
        caption="电量单位 kWh",
        numbers=frozenset(range(1, 7)),
    )
