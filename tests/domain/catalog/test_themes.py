"""Trees of themes: any depth, versioned names, a life-span; marks by hand outlast rules."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog import theme_queries, themes
from dianliang.domain.catalog.theme_models import Theme, ThemeMark, ThemeRule
from dianliang.domain.catalog.themes import UnableToThemeError
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BY = Actor(id="user:party", name="党建专责", role=Role.PARTY_AFFAIRS, unit_path="/")


def plant(code, name, parent=None, **more):
    days = {"valid_from": TODAY, "valid_until": None, **more}
    return themes.plant(code=code, name=name, parent=parent, basis="", by=BY, at=NOON, **days)


def mark(theme, number="XD-1"):
    return themes.mark(theme=theme, kind="activity", number=number, on=TODAY, by=BY, at=NOON)


@pytest.mark.row("003-01")
@pytest.mark.row("004-01")
@pytest.mark.row("000-22")
@pytest.mark.row("004-20")
def test_the_trees_of_the_seeds_are_there_with_their_names():
    rows = theme_queries.themes(on=TODAY)
    named = {row.name: len(theme_queries.children(rows, row.path)) for row in rows if not row.depth}

    assert named == {
        "五大工程": 5,
        "五色赋能": 5,
        "三色管理": 3,
        "文明创建、培育、实践": 3,
        "先行示范目标": 4,
        "五为": 5,
        "五走进": 5,
        "三巡": 3,
        "六进": 6,
    }
    assert {row.depth for row in rows} == {0, 1, 2}
    assert all(row.to_check for row in rows if row.name in {"五为", "五走进"})


def test_a_tree_of_any_depth_is_planted_renamed_and_ended_from_a_day():
    root = plant("SC3", "三创")
    child = plant("SC3-1", "创新", root)
    leaf = plant("SC3-1-1", "职工创新", child)
    themes.rename(
        theme=child, name="创新创效", from_on=TODAY + 9 * DAY, reason="改名", by=BY, at=NOON
    )

    assert leaf.path == "/SC3/SC3-1/SC3-1-1/"
    names = [
        [row.name for row in theme_queries.themes(on=on, within=root.path)]
        for on in (TODAY, TODAY + 9 * DAY)
    ]
    assert names == [["三创", "创新", "职工创新"], ["三创", "创新创效", "职工创新"]]
    themes.rename(
        theme=child, name="创优", from_on=TODAY + 10 * DAY, reason="再改名", by=BY, at=NOON
    )
    assert AuditEvent.objects.filter(verb="catalog.theme.rename").last().before == "创新创效"
    with pytest.raises(UnableToThemeError, match="已改名为“创新创效”"):
        themes.rename(
            theme=child, name="再改", from_on=TODAY + 9 * DAY, reason="改名", by=BY, at=NOON
        )
    themes.end(theme=root, on=TODAY + DAY, reason="结束", by=BY, at=NOON)
    assert not any(
        row.is_in_use for row in theme_queries.themes(on=TODAY + 2 * DAY, within=root.path)
    )
    with pytest.raises(UnableToThemeError, match="已于"):
        plant("SC3-2", "创效", Theme.objects.get(code="SC3"), valid_from=TODAY + 2 * DAY)
    with pytest.raises(UnableToThemeError, match="已用于“职工创新”"):
        plant("SC3-1-1", "别的", root)


def test_a_mark_is_set_once_and_one_taken_off_is_not_set_again_by_a_rule():
    theme = Theme.objects.get(code="GC5-1")
    assert mark(theme) == mark(theme)
    rule = themes.add_rule(
        theme=theme, kind="activity", attribute="words", value="宣讲", on=TODAY, by=BY, at=NOON
    )
    apply = {"rule": rule, "by": BY, "at": NOON}

    assert themes.mark_by_rule(numbers=["XD-1", "XD-2", "XD-2"], **apply) == 1
    themes.withdraw(theme=theme, kind="activity", number="XD-2", by=BY, at=NOON)
    assert themes.mark_by_rule(numbers=["XD-1", "XD-2"], **apply) == 0

    shown = theme_queries.carried(kind="activity", number="XD-2", on=TODAY)
    assert shown == ()
    mark(theme, "XD-2")
    (again,) = theme_queries.carried(kind="activity", number="XD-2", on=TODAY)
    assert (again.tree, again.name, again.is_by_rule) == ("五大工程", "政策理论宣讲工程", False)
    verbs = AuditEvent.objects.filter(target_id="XD-2").order_by("id")
    assert [e.verb for e in verbs] == ["catalog.thememark.withdraw", "catalog.thememark.mark"]


def test_a_theme_is_marked_only_while_it_is_in_use_and_a_rule_stands_once():
    theme = plant("OLD", "旧主题", valid_from=TODAY - 9 * DAY, valid_until=TODAY - DAY)
    with pytest.raises(UnableToThemeError, match="不在使用期内"):
        mark(theme)
    with pytest.raises(NotVisibleError):
        theme_queries.theme_to_use("no\0thing")
    good = Theme.objects.get(code="GC5-1")
    how = {"theme": good, "kind": "need", "attribute": "service", "value": "PWR-SAVE"}
    rule = themes.add_rule(**how, on=TODAY, by=BY, at=NOON)
    with pytest.raises(UnableToThemeError, match="已有同样的规则"):
        themes.add_rule(**how, on=TODAY, by=BY, at=NOON)
    themes.stop_rule(rule=rule, by=BY, at=NOON)
    assert themes.add_rule(**how, on=TODAY, by=BY, at=NOON).is_active
    assert ThemeRule.objects.count() == 1


def test_the_database_keeps_a_mark_by_rule_and_its_rule_together():
    theme = Theme.objects.get(code="GC5-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ThemeMark.objects.create(
            theme=theme,
            record_kind="need",
            record_number="XQ-1",
            origin="rule",
            marked_by="x",
            marked_at=NOON,
        )
