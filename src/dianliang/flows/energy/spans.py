"""How many days of those asked for should have readings by now."""

from datetime import date

from dianliang.engines.loading import Span
from dianliang.integrations.curve_store import CurveStore


def due(store: CurveStore, span: Span, *, today: date) -> Span | None:
    """Return the days of a span that are over, or stored; None where nothing of it is stored.

    Days that nobody imported are missing, not outside: three days of July are a tenth of July. Only
    what is still to come is no gap.

    Raises:
        CurveStoreError: a list is damaged.
    """
    stored = store.stored(span)
    if stored is None:
        return None
    return Span(span.from_on, min(span.until_on, max(stored.until_on, today)))
