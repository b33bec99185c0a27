"""Crews go for their gear before anything else, and only if their shift allows it."""

from datetime import date, datetime, timedelta

from dianliang.domain.mobilisation.loading import Crew, Loaded, Piece
from dianliang.flows.dispatching.fetching import LOADING, Fetching, fetching
from dianliang.flows.planning import roads
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

SIX, DAY = datetime(2026, 7, 7, 6, tzinfo=SHANGHAI), date(2026, 7, 7)
NEXT = date(2026, 7, 8)
BASE, STORE = GeoPoint(30.6, 119.6), GeoPoint(30.7, 119.6)


def fetched(
    *,
    hours: int = 8,
    at: datetime = SIX,
    known: tuple[str, ...] = (),
    shares: dict[str, date] | None = None,
    **crew: datetime,
) -> Fetching:
    """Return how a crew at its base gets a transformer from the store, and one that is brought."""
    pieces = [
        Piece(number="P1", kind="TRF", capacity=400.0, at=STORE, place="北堤仓库"),
        Piece(number="P2", kind="TRF", capacity=400.0, at=None),
    ]
    return fetching(
        Loaded({"A": {"临时变压器": ("P1", "P2")}}, shares or {}),
        pieces,
        [Crew(code="A", at=BASE, skills=frozenset(), **crew)],
        {
            ("A", day): TimeWindow(begins, begins + timedelta(hours=hours))
            for day, begins in ((DAY, SIX), (NEXT, SIX + timedelta(days=1)))
        },
        known=known,
        at=at,
    )


def test_a_crew_has_its_gear_after_the_way_to_it_and_is_told_where() -> None:
    found = fetched().fetches["A"][0]
    way_s = roads.ways().travel.between(BASE, STORE)[0]

    assert found.at == STORE
    assert abs(found.until - (SIX + timedelta(seconds=way_s) + LOADING)) < timedelta(seconds=1)
    assert "北堤仓库" in fetched().words["A"]


def test_a_crew_that_is_busy_goes_when_it_is_free() -> None:
    later = SIX + timedelta(hours=2)

    assert fetched(free_at=later).fetches["A"][0].until > later


def test_what_a_crew_has_with_it_is_not_fetched() -> None:
    assert not fetched(known=("P1",)).fetches


def test_a_crew_whose_shift_is_too_short_gets_none_that_it_would_have_to_fetch() -> None:
    found = fetched(hours=1)

    assert not found.fetches
    assert found.loads == {"A": {"临时变压器": ("P2",)}}


def test_what_the_next_shift_takes_along_is_fetched_before_it_from_where_the_crew_gathers() -> None:
    (found,) = fetched(shares={"P1": NEXT}, free_at=SIX + timedelta(hours=3)).fetches["A"]
    way_s = roads.ways().travel.between(BASE, STORE)[0]

    assert found.on == NEXT
    begins = SIX + timedelta(days=1)
    assert abs(found.until - (begins + timedelta(seconds=way_s) + LOADING)) < timedelta(seconds=1)
    assert "07-08" in fetched(shares={"P1": NEXT}).words["A"]
