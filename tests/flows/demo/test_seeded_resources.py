"""The demo county owns 47 temporary transformers and bought 120 lamps, counted from its records."""

from datetime import timedelta

from django.db.models import Sum

from dianliang.core.models import User
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import queries as requests
from dianliang.domain.mobilisation.lifecycle import LABELS
from dianliang.domain.mobilisation.models import Assignment
from dianliang.domain.resources.models import Movement, Store
from dianliang.domain.resources.queries import loans, stock, things
from dianliang.domain.resources.queries.things import Filters
from dianliang.domain.work.models import Unplanned
from dianliang.flows import identity
from dianliang.flows.incidents import figures
from dianliang.kernel.phrases import phrase_of
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

    places = {(store.lat, store.lon) for store in Store.objects.all()}
    assert len(places) == Store.objects.count() == 4

    drill = Incident.objects.earliest("pk")
    rows = requests.chosen(status="", kind="", incident=drill.number, words="", by=desk, at=AT)
    reached = {row.status for row in rows}
    assert reached == {"REQUESTED", "ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION"} <= {*LABELS}
    counts = requests.figures(by=desk, at=AT)
    live = Assignment.objects.filter(ended_at=None)
    assert counts.pieces == live.filter(team=None).count() == 13
    assert (counts.teams, counts.people) == (1, live.aggregate(n=Sum("people"))["n"])
    assert loans.chosen(view="late", by=desk, on=TODAY + timedelta(days=0)).count() == 1


def test_crews_of_the_drill_turned_out_and_who_is_left_lacks_what_is_not_there(demo):
    commander = identity.actor_of(User.objects.get(username="commander"), on=TODAY)
    assert commander is not None
    drill = Incident.objects.earliest("pk")
    (turnouts,) = (
        one for one in figures.values(drill, by=commander, at=AT) if one.code == "turnouts"
    )
    assert turnouts.value >= 6
    left = Unplanned.objects.get(plan__dispatch__incident=drill, job__task__kind__code="GEN")
    assert "400 kW" in phrase_of(left.reasons[0]["words"])
    held = Assignment.objects.filter(ended_at=None, resource__kind__code="GEN")
    assert not held.exists()
