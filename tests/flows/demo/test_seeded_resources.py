"""The demo county owns 47 temporary transformers and bought 120 lamps, counted from its records."""

from datetime import timedelta

from django.db.models import Sum

from dianliang.core.models import User
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import queries as requests
from dianliang.domain.mobilisation.lifecycle import LABELS
from dianliang.domain.mobilisation.models import Assignment
from dianliang.domain.resources.models import Movement
from dianliang.domain.resources.queries import loans, stock, things
from dianliang.domain.resources.queries.things import Filters
from dianliang.flows import identity
from tests.demo import AT, TODAY


def test_gear_stock_and_requests_of_the_demo_hang_together(demo):
    desk = identity.actor_of(User.objects.get(username="dispatcher"), on=TODAY)
    assert desk is not None
    told = things.counts(filters=Filters(kind="TRF"), by=desk, on=TODAY)
    assert told["live"] == 47
    lamps = Movement.objects.filter(stock__item__code="LAMP-DIKE", kind="receive")
    assert lamps.aggregate(n=Sum("pieces"))["n"] == 120
    (low,) = stock.low(by=desk)
    assert low[2].item == "GLOVE-12"
    assert stock.store(low[0], by=desk).unsound == ()

    drill = Incident.objects.earliest("pk")
    rows = requests.chosen(status="", kind="", incident=drill.number, words="", by=desk, at=AT)
    reached = {row.status for row in rows}
    assert reached == {"REQUESTED", "ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION"} <= {*LABELS}
    figures = requests.figures(by=desk, at=AT)
    live = Assignment.objects.filter(ended_at=None)
    assert figures.pieces == live.filter(team=None).count() == 13
    assert (figures.teams, figures.people) == (1, live.aggregate(n=Sum("people"))["n"])
    assert loans.chosen(view="late", by=desk, on=TODAY + timedelta(days=0)).count() == 1
