"""Reference data are read once and never stale, whoever changes them and by whatever path."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from dianliang.core import reference
from dianliang.core.reference import Kept, current, steady
from dianliang.domain.catalog.models import CalendarDay, Skill
from dianliang.domain.catalog.queries import active_service, services, work_calendar
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of

pytestmark = pytest.mark.django_db


def watched():
    for config in apps.get_app_configs():
        for name in getattr(config, "reference_models", ()):
            model = config.get_model(name)
            yield model._meta.db_table
            yield from (
                field.remote_field.through._meta.db_table
                for field in model._meta.local_many_to_many
            )


def test_what_is_made_is_made_once_until_something_changes():
    Skill.objects.create(code="A", name="甲")
    made = []
    kept = Kept(lambda: made.append(1) or len(made))
    assert (kept(), kept()) == (1, 1)

    Skill.objects.filter(code="A").update(name="乙")
    assert kept() == 2
    Skill.objects.all().delete()
    assert (kept(), kept()) == (3, 3)


def test_a_change_that_is_rolled_back_leaves_the_old_knowledge_valid():
    Skill.objects.create(code="A", name="甲")
    kept = Kept(lambda: list(Skill.objects.values_list("name", flat=True)))
    before, seen = current(), kept()
    with transaction.atomic():
        Skill.objects.update(name="乙")
        assert kept() == ["乙"]
        transaction.set_rollback(True)

    assert current() == before
    assert kept() == seen == ["甲"]


def test_an_installation_without_reference_data_keeps_nothing():
    assert current() != current()


def test_look_ups_that_belong_together_ask_for_the_state_once(town, django_assert_num_queries):
    with django_assert_num_queries(1), steady():
        assert current() == current()


def test_every_reference_table_is_watched():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT event_object_table, trigger_name FROM information_schema.triggers"
            )
        names = [table for table, name in cursor.fetchall() if name.endswith("_reference")]

    assert set(watched()) == set(names)
    assert {names.count(name) for name in names} == {len(reference.VERBS)}


def test_pages_see_an_administrators_change_at_once(town):
    code = services()[0].code
    service = active_service(code)
    area = area_of("V1")
    unit, _ = unit_for(service=service, area=area)
    assert work_calendar().version

    unit.areas.clear()
    Area.objects.filter(code="V1").update(name="改名村")
    type(service).objects.filter(code=code).update(is_active=False)
    CalendarDay.objects.all().delete()

    assert area_of("V1").name == "改名村"
    assert active_service(code) is None
    assert work_calendar().version == "plain-week"
    assert unit_for(service=service, area=area)[1] != ""
