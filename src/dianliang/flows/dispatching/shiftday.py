"""The day that a crew is in: that of its shift, which may have begun before midnight."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.workforce import crews
from dianliang.flows.planning.terms import terms_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDay:
    """A day on which somebody works, with which teams, and until when if an incident says so."""

    on: date
    codes: frozenset[str]
    until: datetime | None = None


def shift_day(*, by: Actor, at: datetime) -> ShiftDay:
    """Return the day of the shift that the actor's teams are in; without one, the calendar's.

    Three queries; only who is out for an incident has one that passes midnight.
    """
    today = at.astimezone(SHANGHAI).date()
    days = (today - timedelta(days=1), today)
    codes = {on: crews.teams_of(by.person_number, on=on) for on in days}
    whose = frozenset[str]().union(*codes.values())
    own = Visit.objects.filter(team__code__in=whose, on__in=days, plan__dispatch__is_what_if=False)
    plans = Plan.objects.filter(pk__in=own.values("plan"), status="PUBLISHED")
    found = [
        (on, window.end)
        for outcome in plans.values_list("outcome", flat=True)
        for terms in [terms_of(outcome)]
        for (code, on), window in (terms.windows.items() if terms else ())
        if code in codes.get(on, ()) and window.start <= at < window.end
    ]
    on, until = min(found, default=(today, None))
    return ShiftDay(on=on, codes=codes[on], until=until)
