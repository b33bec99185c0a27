"""What other rooms learn about care in an area: numbers, never a person."""

import dataclasses
from datetime import timedelta

from dianliang.domain.care import queries
from tests.flows.test_care import customer
from tests.town import TODAY


def test_an_area_counts_by_kind_and_level_with_all_below_it(town):
    customer(town, "KH1")
    customer(town, "KH2", last_visited_on=TODAY - timedelta(days=25), area=town.areas["V2"])
    customer(town, "KH3", special_kind="life_support", special_level=1, consented_on=None)
    customer(town, "KH4", renewal_due_on=TODAY - timedelta(days=1), last_visited_on=TODAY)
    customer(town, "KH5", area=town.areas["V3"])

    care = queries.of_area(area=town.areas["T1"], on=TODAY)

    assert (care.count, care.due, care.overdue) == (4, 2, 1)
    assert care.by_level == {1: 1, 2: 3, 3: 0}
    lines = {(line.kind, line.level): line for line in care.lines}
    assert lines["life_support", 1].without_consent == 1
    assert lines["elderly_alone", 2].expired == 1
    assert queries.of_area(area=town.areas["V3"], on=TODAY).count == 1
    assert queries.of_area(area=town.areas["V2"], on=TODAY).overdue == 0


def test_it_holds_nothing_of_a_person(town):
    customer(town, name="慕容晓白", phone="19987650001", number="KH77")

    said = str(dataclasses.asdict(queries.of_area(area=town.areas["C"], on=TODAY)))

    assert not any(secret in said for secret in ("慕容晓白", "19987650001", "KH77"))
