"""A town whose transformers have curves: one over, one heavy, one uneven, one without readings."""

from datetime import UTC, date, datetime

from dianliang.domain.network.models import Transformer
from dianliang.domain.relief import operations
from dianliang.domain.relief.operations import Screened
from dianliang.engines.loading import Phase
from dianliang.flows.demo.curves import Drawn, Village, month, network, readings
from dianliang.flows.relief import curves, screening
from dianliang.integrations.curve_store import keep_register
from tests import villages
from tests.town import Town

APRIL = date(2026, 4, 1)
AT = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
A, B, C = Phase.A, Phase.B, Phase.C


def homes(of: str, n: int, *, phases=(A, B, C), home_kw: float = 2.0) -> tuple[Drawn, ...]:
    """So many homes on a transformer."""
    return tuple(
        Drawn(number=f"{of}-H{i}", phase=phases[i % len(phases)], home_kw=home_kw) for i in range(n)
    )


VILLAGES = (
    Village(number="B1", capacity_kva=315, meters=homes("B1", 6)),
    Village(
        number="B2",
        capacity_kva=200,
        meters=(*homes("B2", 6), Drawn(number="B2-T", tea_kw=100), Drawn(number="B2-S", tea_kw=75)),
    ),
    Village(
        number="B3",
        capacity_kva=100,
        meters=(*homes("B3", 4), Drawn(number="B3-T", tea_kw=110)),
    ),
    Village(number="B4", capacity_kva=100, meters=homes("B4", 9, phases=(A, A, B, C), home_kw=9)),
    Village(number="B404", capacity_kva=100, meters=homes("B404", 1)),
)
"""B3 is overloaded, B2 heavy; B4 is uneven; B404 stands in no register of transformers."""

JUDGED = {
    "capacity_kva": 100.0,
    "meters": 5,
    "known_share": 1.0,
    "line": "over",
    "peak_kw": 118.0,
    "peak_share": 1.24,
    "peak_at": datetime(2026, 4, 12, 12, 0, tzinfo=UTC),
    "over_minutes": 8000,
    "heavy_minutes": 10_000,
    "over_runs": 18,
    "heavy_runs": 19,
    "uneven_runs": None,
    "low_minutes": 300,
    "high_minutes": 0,
    "least_v": 190.2,
    "most_v": 236.0,
    "runs": [
        {"line": "over", "on": "2026-04-12", "minutes": 540, "most": 118_000, "words": "过载"}
    ],
}
MEASURE = {
    "id": "B3/专变/B3-T",
    "kind": "dedicated",
    "label": "专用变压器",
    "words": "B3-T 改由专变供电",
    "cost_cny": 30_000.0,
    "units": 1,
}


def store(settings, tmp_path, drawn=VILLAGES, *, year=2026) -> None:
    """Import an April of curves into a home of its own."""
    settings.HOME = tmp_path
    keep_register(curves.store().root, network(drawn))
    batch = readings(drawn, month(year, 4))
    curves.store().add(batch, source="生成的曲线", at=AT)


def screened(town: Town, settings, tmp_path):
    """A judged April over the network of the town."""
    villages.network(town)
    store(settings, tmp_path)
    return screening.screen(APRIL, by=town.actor(), at=AT)


def hand_made(town: Town, *, unit: str = "S1", number: str = "B3"):
    """A judged April and a proposal of a unit, without any curves."""
    if not Transformer.objects.filter(number=number).exists():
        villages.network(town)
    by = town.actor(unit)
    found = Screened(
        month=APRIL,
        from_on=APRIL,
        until_on=date(2026, 5, 1),
        rules="{}",
        engine="loading-1",
        judged={number: JUDGED},
    )
    made = operations.keep_screening(found=found, by=by, at=AT)
    line = {
        "transformer": Transformer.objects.get(number=number),
        "outcome": "relieved",
        "words": "预算内治理",
        "measures": [MEASURE],
        "cheapest": [MEASURE],
        "cost_cny": 30_000.0,
        "units": 1,
        "lacking_cny": 0.0,
        "usual_cny": 60_000.0,
        "before_share": 1.2,
        "after_share": 0.3,
        "before_kwh": 900.0,
        "after_kwh": 0.0,
    }
    fields = {
        "screening": made,
        "prices": [
            {
                "label": "专变，每台公司承担（元）",
                "rating_kva": None,
                "cny": 30_000.0,
                "source": "框架合同",
                "year": 2025,
            }
        ],
        "areas": 1,
        "relieved": 1,
        "bound": 1,
        "cost_cny": 30_000.0,
        "units": 1,
        "avoided_cny": 30_000.0,
        "by_budget": [{"budget_cny": 0.0, "relieved": 0}, {"budget_cny": 30_000.0, "relieved": 1}],
        "engine": "relief-1",
    }
    return operations.propose(fields=fields, lines=[line], by=by, at=AT)


def objects(town: Town) -> dict[str, dict[str, str]]:
    """What addresses of station S1's transformers and proposals are made of."""
    proposal = hand_made(town)
    return {
        "loaded transformer": {"number": "B3"},
        "relief proposal": {"number": proposal.number, "transformer": "B3", "kind": "pdf"},
    }
