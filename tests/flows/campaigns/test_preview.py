"""How many targets a draft would have: counted, not read."""

import pytest

from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Team
from dianliang.flows.campaigns import listing, sources
from tests.flows.campaigns.lists import households, wanted
from tests.town import NOON, TODAY

LISTS = (
    ("table", {}, 3),
    ("old_households", {"years": "20"}, 6),
    ("old_households", {"years": "20", "area": "V2"}, 3),
    ("enterprises", {}, 2),
    ("special", {"kinds": ["elderly_alone"]}, 2),
    ("people", {"who": "everybody"}, 4),
    ("people", {"who": "volunteers"}, 4),
    ("sites", {"kinds": ["station"]}, 1),
    ("villages", {}, None),
)


@pytest.mark.parametrize("has_county", [True, False])
def test_a_draft_is_counted_as_it_would_be_frozen_without_its_list(town, monkeypatch, has_county):
    for fields in ({"unit": "S1"}, {"unit": None, "area": "V2"}, {"unit": "S2"}):
        special = {"special_kind": "elderly_alone", "consented_on": TODAY}
        households(town, 2, **fields)
        households(town, 1, kind="enterprise", **fields)
        households(town, 1, **special, **fields)
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    town.team("V", "S1", "volunteer")
    town.team("W", "S1", "volunteer")
    Team.objects.update(is_volunteer=True)
    if not has_county:
        monkeypatch.setattr(sources, "county", lambda: None)
    by, read = town.actor("S1"), sources.aims

    for source, query, known in LISTS:
        draft = listing.draft(wanted=wanted(source=source, query=query), by=by, at=NOON)
        expected = len(read(draft, on=TODAY))
        assert expected == known or known is None or (source == "people" and not has_county)
        monkeypatch.setattr(sources, "aims", None)
        assert listing.preview(number=draft.number, by=by, on=TODAY) == expected, source
