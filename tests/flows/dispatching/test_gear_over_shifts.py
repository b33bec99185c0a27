"""A piece of gear that a crew has set up is gone: no later shift of it sets it up again."""

import pytest

from dianliang.flows.dispatching import drafting, tasking
from tests.flows.dispatching.test_dispatching import transformer, urgent
from tests.flows.dispatching.test_lines import SIX, chief, crews_of, drafted

pytestmark = pytest.mark.django_db


def test_one_transformer_is_not_set_up_in_two_shifts(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    transformer(town, incident)
    for n in range(2):
        at_pole = urgent(
            title=f"泵站 {n}",
            lat=f"30.5{n}",
            lon="119.6",
            minutes="240",
            gear="TRF",
            quantity="1",
            least="400",
            due_h="60",
        )
        tasking.open_urgent(incident=incident, asked=at_pole, by=chief(town), at=SIX)
    plan = drafted(town, incident, hours=48)
    print(plan.outcome["terms"]["pieces"], plan.outcome["terms"]["windows"])
    print(list(plan.stops.values_list("job__title", "on", "start_at")))
    print(list(plan.unplanned.values_list("reasons", "fix")))
    assert plan.stops.count() == 1
