"""The shipped catalogue is brought in quickly and brought up to date; own rows are left alone."""

import pytest
from django.forms.models import model_to_dict

from dianliang.domain.catalog.models import Promise, Service, Skill
from dianliang.domain.catalog.operations import load_catalogue

pytestmark = pytest.mark.django_db


def everything():
    return [
        model_to_dict(row)
        for model in (Skill, Service, Promise)
        for row in model.objects.order_by("pk")
    ]


def test_loading_again_changes_nothing_and_costs_few_queries(django_assert_max_num_queries):
    load_catalogue()
    before = everything()

    with django_assert_max_num_queries(40):
        load_catalogue()

    assert everything() == before


def test_what_was_changed_is_brought_up_to_date_and_what_is_ones_own_stays():
    load_catalogue()
    before = everything()
    service = Service.objects.get(code="PWR-OUTAGE")
    Service.objects.filter(pk=service.pk).update(name="旧名", skill=None)
    Promise.objects.filter(service=service).update(amount=1)
    Skill.objects.create(code="own", name="自有技能")
    Service.objects.filter(code="PWR-NEW").update(is_active=False)

    load_catalogue()

    own = Skill.objects.get(code="own")
    off = Service.objects.get(code="PWR-NEW")
    assert not off.is_active
    own.delete()
    Service.objects.filter(pk=off.pk).update(is_active=True)
    assert everything() == before
