"""Three months early is a claim: against what, with how many others, and what is not known."""

from datetime import date, timedelta

import pytest

from dianliang.domain.grid_projects.queries.claims import claim_of
from dianliang.flows.grid_projects import keeping
from tests.projectworld import Works
from tests.town import NOON

pytestmark = pytest.mark.django_db
ORDER = ("site", "permit", "land", "equipment", "start", "base", "install", "test", "energise")
BEGAN = date(2023, 1, 10)


def built(works: Works, name: str, early_days: int, *, led: bool = False) -> str:
    """Build a 110 kV substation that was energised so many days before its plan."""
    number = works.opened(kind="substation", name=name)
    works.planned(number, began=BEGAN)
    works.approved(number)
    if led:
        works.seat(number, organisation="县发改局 副局长", from_on=BEGAN)
    planned = keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk)
    for code in ORDER:
        saved = early_days if code in {"equipment", "install", "test", "energise"} else 0
        works.reach(number, code, planned[code] - timedelta(days=saved))
    return number


@pytest.fixture
def works(town):
    return Works(town)


@pytest.mark.row("003-11")
@pytest.mark.row("000-09")
@pytest.mark.parametrize(("name", "days", "months"), [("菜园", 92, -3.0), ("迟家", 31, -1.0)])
def test_months_of_the_seed_are_a_claim_against_a_plan_and_no_effect(works, name, days, months):
    claim = claim_of(built(works, f"110 千伏{name}工程", days, led=True), reach="/")

    (plan,) = claim.against
    assert "最初基准计划" in plan.words
    assert (plan.days, plan.months) == (-days, months)
    assert claim.effect == ""
    assert "不能说是专班的作用" in claim.refusal
    assert any("没有登记这类工程的参照工期" in words for words in claim.unknown)
    assert any("没有已投运的同类工程可比" in words for words in claim.unknown)


def test_a_norm_is_told_with_its_source_and_counts_from_its_day(works, town):
    number = built(works, "甲变电站", 10)
    top = town.actor("LM")
    for days, from_on in ((300, date(2020, 1, 1)), (100, date(2026, 1, 1))):
        keeping.state_norm(
            kind="substation",
            voltage="110kV",
            days=days,
            source="某办法附录二",
            from_on=from_on,
            by=top,
            at=NOON,
        )

    norm = next(one for one in claim_of(number, reach="/").against if "参照工期" in one.words)

    assert "300 天（某办法附录二）" in norm.words
    assert norm.days == (450 - 180 - 10) - 300


def test_enough_projects_allow_a_difference_and_still_no_cause(works):
    for place in range(5):
        built(works, f"无专班{place}", place)
    for place in range(2):
        number = built(works, f"有专班{place}", 30 + place, led=True)

    claim = claim_of(number, reach="/")

    assert claim.refusal == ""
    assert "不等于专班的作用" in claim.effect
    assert claim.comparison is not None
    assert claim.comparison.excludes_zero
    past = next(one for one in claim.against if "未设专班" in one.words)
    assert past.days == -29
