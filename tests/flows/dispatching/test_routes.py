"""The routes in force on a map: how each place stands, what a filter leaves, how much is drawn."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.domain.work.models import Visit
from dianliang.flows.dispatching import routes
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.command import HOUR, MINUTE
from tests.town import NOON

pytestmark = pytest.mark.django_db
MOST_QUERIES = 9


def shown(flood, at=NOON + 70 * MINUTE, **left):
    return routes.route_map(number=flood.number, by=flood.chief, at=at, **left)


def becomes(visit, **values):
    Visit.objects.filter(pk=visit.pk).update(**values)


def test_a_map_shows_how_every_place_stands_where_crews_are_and_stays_bounded(flood, monkeypatch):
    a_first, b_first, a_second, b_second = (flood.visit(f"ZY-{n}") for n in range(4))
    becomes(a_first, status="DONE", arrived_at=NOON + HOUR, ended_at=NOON + 65 * MINUTE)
    becomes(a_second, status="EN_ROUTE")
    becomes(b_second, status="DECLINED", reason="路不通")
    with CaptureQueriesContext(connection) as asked:
        found = shown(flood)
    assert len(asked) <= MOST_QUERIES
    crews = {crew.code: crew for crew in found.crews}
    tones = {stop.number: stop.tone for crew in found.crews for stop in crew.stops}
    assert [tones[v.job.number] for v in (a_first, b_first, a_second, b_second)] == [
        *("done", "next", "busy", "failed")
    ]
    assert (crews["A"].lat, crews["A"].lon) == (a_first.job.lat, a_first.job.lon)
    assert crews["B"].lat == flood.town.teams["B"].base_lat
    assert found.counts == {"late": 0, "busy": 1, "next": 1, "done": 1, "failed": 1}

    late = shown(flood, at=NOON + 76 * MINUTE)
    assert [(crew.tone, crew.late) for crew in late.crews] == [("busy", 0), ("late", 1)]
    assert [crew.code for crew in shown(flood, at=NOON + 76 * MINUTE, tone="late").crews] == ["B"]
    assert [crew.code for crew in shown(flood, words="A队").crews] == ["A"]
    assert not shown(flood, rank="special").crews

    drawn = found.drawn()
    (a, b) = drawn["crews"]
    assert [place[2] for place in a["next"]] == ["busy"]
    assert a["next"][0][3].endswith(a_second.job.title)
    assert b["at"] == [flood.town.teams["B"].base_lat, flood.town.teams["B"].base_lon]
    monkeypatch.setattr(routes, "MOST_POINTS", 2)
    few = found.drawn()
    assert ([drawn["tones"][p[0]] for p in few["points"]], few["left_off"]) == (["busy", "next"], 2)

    one = routes.crew_route(number=flood.number, code="A", by=flood.chief, at=NOON)
    assert [stop.number for stop in one.stops] == [a_first.job.number, a_second.job.number]
    for by, code in ((flood.chief, "C"), (flood.town.actor("S2", Role.COMMANDER), "A")):
        with pytest.raises(NotVisibleError):
            routes.crew_route(number=flood.number, code=code, by=by, at=NOON)
