"""Any value of the engine's dataclasses, drawn from their own annotations and the files' ranges."""

from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args, get_origin

import numpy as np
from hypothesis import strategies as st

from dianliang.engines.routing import GreatCircle, Travel, TravelTable
from dianliang.integrations.plan_files.documents.hints import (
    default_of,
    present,
    written_fields,
)
from dianliang.integrations.plan_files.documents.words import TEXT, range_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

FEW = 3
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
zones = st.sampled_from([UTC, SHANGHAI])
days = st.dates(date(1971, 1, 1), date(2199, 12, 31))


def is_shown_once(at: datetime) -> bool:
    """Tell whether clocks showed a time once; one shown twice equals no other zone's (PEP 495)."""
    return at == at.astimezone(UTC)


instants = st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 31), timezones=zones).filter(
    is_shown_once
)
windows = st.builds(
    lambda start, seconds: TimeWindow(start, start + timedelta(seconds=seconds)),
    instants,
    st.integers(1, 10**6),
).filter(lambda window: is_shown_once(window.end))
points = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))


@st.composite
def travel_tables(draw: st.DrawFn) -> TravelTable:
    places = draw(st.lists(points, max_size=FEW, unique=True))
    size = len(places)
    numbers = st.lists(st.floats(0, 1e6), min_size=size * size, max_size=size * size)
    tables = [np.array(draw(numbers)).reshape(size, size) for _ in range(2)]
    return TravelTable(points=tuple(places), seconds=tables[0], metres=tables[1])


def any_of(owner: type) -> st.SearchStrategy[Any]:
    """Draw a dataclass; fields that have a default are sometimes left to it."""
    needed, free = {}, {}
    for each, hint in written_fields(owner):
        home = needed if default_of(each) is MISSING else free
        home[each.name] = of_hint(hint, range_of(owner, each.name, hint))
    return st.fixed_dictionaries(needed, optional=free).map(lambda values: owner(**values))


def of_hint(hint: Any, limits: tuple[float, float] = TEXT) -> st.SearchStrategy[Any]:
    """Draw a value of an annotation."""
    if present(hint) is not hint:
        return st.none() | of_hint(present(hint), limits)
    if get_origin(hint) is not None:
        return of_many(hint, limits)
    known = {TimeWindow: windows, GeoPoint: points, datetime: instants, date: days, str: words}
    known[bool] = st.booleans()
    if hint in known:
        return known[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return any_of(hint)
    if hint in {int, float}:
        least, most = limits
        return st.integers(int(least), int(most)) if hint is int else st.floats(least, most)
    return any_of(GreatCircle) | travel_tables() if hint is Travel else st.sampled_from(hint)


def of_many(hint: Any, limits: tuple[float, float]) -> st.SearchStrategy[Any]:
    origin, inner = get_origin(hint), get_args(hint)
    items = of_hint(inner[-1] if origin is Mapping else inner[0], limits)
    if origin is tuple:
        return st.lists(items, max_size=FEW).map(tuple)
    if origin is frozenset:
        return st.frozensets(items, max_size=FEW)
    return st.dictionaries(words, items, max_size=FEW)
