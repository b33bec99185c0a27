"""The demo's tea season: overloaded a year ago, relieved since, and marked as generated."""

from dataclasses import replace

from dianliang.domain.energy.models import Claim
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief.models import Proposal, Screening
from dianliang.domain.venues.models import Site
from dianliang.flows.demo import loading
from dianliang.flows.relief import effects
from tests import villages
from tests.town import NOON


def test_tea_makers_with_transformers_of_their_own_relieve_the_village(town, settings, tmp_path):
    settings.HOME = tmp_path
    line = villages.feeder(town)
    for serial in range(3):
        villages.transformer(line, f"B0{serial}-01", town.areas["V1"], kva=200, is_generated=True)
    by = replace(town.actor(), unit_path="/", unit_code="LM")

    assert loading.draw(by=by, at=NOON) == 3
    assert loading.draw(by=by, at=NOON) == 0

    found = effects.effects(by=by)
    assert (len(found.rows), found.measured, found.relieved) == (3, 3, 3)
    assert all(row.is_same_season for row in found.rows)
    assert Transformer.objects.filter(use="dedicated", is_generated=True).count() == 5
    assert Claim.objects.filter(is_generated=True).count() >= 1
    assert all(row.is_generated for row in (*Screening.objects.all(), *Proposal.objects.all()))
    assert Site.objects.filter(kind="charging", is_generated=True).count() == 0
