"""A town whose transformers have curves: one over, one heavy, one uneven, one without readings."""

from datetime import UTC, date, datetime

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
