"""The demo county states its numbers: every one opens what bears it out."""

import pytest

from dianliang.core.models import BackgroundJob
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy.models import CarbonEntry, Claim, MeasurementProject
from dianliang.flows.demo import claiming
from dianliang.flows.demo.loading import DRAW

pytestmark = pytest.mark.django_db


def test_the_demo_states_numbers_of_every_kind_and_says_that_they_are_generated(demo):
    stated = Claim.objects.all()

    assert {claim.status for claim in stated} >= {"ESTIMATED", "SCREENED", "MEASURED", "VERIFIED"}
    assert {claim.kind for claim in stated} >= {"saving", "carbon", "emission", "cost"}
    assert all(claim.is_generated for claim in stated)
    assert {project.status for project in MeasurementProject.objects.all()} == {"STATED"}
    assert CarbonEntry.objects.exclude(certificate="").count() == 5


def test_an_account_is_marked_as_a_demonstration_once():
    names = [name.format(station="递铺供电所（演示）") for name, *_ in claiming.ACCOUNTS]

    assert [name.count("（演示）") for name in names] == [1] * len(names)


def test_the_demos_relief_plans_are_asked_for_by_a_unit_so_that_it_finds_them(demo):
    asked = BackgroundJob.objects.get(kind=DRAW).payload

    assert Unit.objects.get(path=asked["unit_path"]).code == asked["unit_code"]
