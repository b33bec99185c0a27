"""What bases tell the public (000-04): versions, days, places, and who may write."""

from datetime import timedelta

import pytest

from dianliang.domain.venues import notices
from dianliang.domain.venues.models import BaseNoticeVersion, Site
from dianliang.flows.bases import screen, telling
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests.core.test_files import photo
from tests.flows.bases.things import PARTY, hang, matrix, notice, site, typed
from tests.town import NOON, TODAY


@pytest.fixture
def base(town):
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    return Site.objects.select_related("unit").get(code="FW-001")


def titles(base, on=TODAY):
    return [(row.title, row.version) for row in notices.shown_at(base, on=on)]


def revise(town, made, *, seen=1, reason="更正", unit="S1", **changes):
    return telling.revise(
        number=made.number,
        typed=typed(**changes),
        seen=seen,
        reason=reason,
        by=town.actor(unit, PARTY),
        at=NOON,
    )


@pytest.mark.row("000-04")
def test_only_what_is_published_is_shown_and_every_version_stays(base, town):
    made = notice(town, is_published=False)
    assert titles(base) == []
    by = town.actor("S1", PARTY)
    telling.move(number=made.number, verb="publish", reason="", by=by, at=NOON)
    assert titles(base) == [("便民服务标准", 1)]

    revise(town, made, title="便民服务标准（新）", from_on=TODAY + timedelta(days=7))

    assert titles(base) == [("便民服务标准", 1)]  # the new one has not begun
    assert titles(base, TODAY + timedelta(days=7)) == [("便民服务标准（新）", 2)]
    page = telling.page(made.number, by=by)
    assert [(v.version, v.title) for v in page.versions][-1] == (1, "便民服务标准")
    with pytest.raises(InvalidInputError, match="撤回原因"):
        telling.move(number=made.number, verb="withdraw", reason="", by=by, at=NOON)
    telling.move(number=made.number, verb="withdraw", reason="过期", by=by, at=NOON)
    assert titles(base) == []
    with pytest.raises(IllegalTransitionError):
        telling.move(number=made.number, verb="withdraw", reason="再撤", by=by, at=NOON)


def test_a_notice_that_has_ended_is_over_and_standards_come_first(base, town):
    notice(town, kind="notice", title="停电通知", until_on=TODAY)
    notice(town)

    assert [title for title, _ in titles(base)] == ["便民服务标准", "停电通知"]
    assert [title for title, _ in titles(base, TODAY + timedelta(days=1))] == ["便民服务标准"]


def test_a_notice_reaches_the_bases_of_its_unit_or_of_a_branch_and_no_other(base, town):
    grown = matrix(town, "M", unit="AJ")
    head = hang(grown, town, "EAST")
    inside, beside = site(town, "P1", unit="S2"), site(town, "P2", unit="S2")
    hang(grown, town, inside, head)
    hang(grown, town, beside)
    notice(town, title="所里的")
    notice(town, unit="AJ", title="公司的")
    notice(town, unit="AJ", title="东片的", scope="M/EAST")

    def told(place):
        fresh = Site.objects.select_related("unit").get(pk=place.pk)
        return {title for title, _ in titles(fresh)}

    assert told(base) == {"所里的", "公司的"}
    assert told(inside) == {"公司的", "东片的"}
    assert told(beside) == {"公司的"}
    counted = notices.standards_shown(
        {place.pk: place.unit.path for place in (base, inside, beside)}, on=TODAY
    )
    assert counted == {base.pk: 2, inside.pk: 2, beside.pk: 1}
    nobodys = site(town, "P3", unit=None)
    assert told(nobodys) == set()


def test_of_two_who_write_a_version_the_second_is_told(base, town):
    made = notice(town)
    revise(town, made)
    with pytest.raises(StaleStateError, match="刚被他人修改"):
        revise(town, made)
    assert BaseNoticeVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"words": " "}, "words"),
        ({"words": "长" * 4001}, "words"),
        ({"words": "a\0"}, "words"),
        ({"until_on": TODAY - timedelta(days=2)}, "until_on"),
        ({"photo": b"no picture"}, "photo"),
        ({"kind": "spam"}, "kind"),
        ({"scope": "M/EAST"}, "scope"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused_by_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        notice(town, **changes)
    assert refusal.value.field == field
    assert not BaseNoticeVersion.objects.exists()


def test_another_units_notices_and_branches_are_absent(town):
    made = notice(town)
    with pytest.raises(NotVisibleError):
        revise(town, made, unit="S2")
    grown = matrix(town, "M", unit="AJ")
    hang(grown, town, "EAST")
    with pytest.raises(InvalidInputError, match="牵头的体系"):
        notice(town, scope="M/EAST")
    with pytest.raises(InvalidInputError, match="本单位范围内"):
        telling.draft(
            kind="notice",
            unit_code="S2",
            scope="",
            typed=typed(),
            by=town.actor("S1", PARTY),
            at=NOON,
        )
    reader = town.actor("S1", Role.COMMANDER)
    with pytest.raises(NotVisibleError):
        telling.move(number=made.number, verb="withdraw", reason="过期", by=reader, at=NOON)


def test_a_picture_goes_out_only_while_it_is_shown(base, town):
    made = notice(town, photo=photo((40, 30)))
    token = made.versions.get().photo.token

    assert screen.photo_of("FW-001", token, on=TODAY)[:2] == b"\xff\xd8"
    telling.move(
        number=made.number, verb="withdraw", reason="过期", by=town.actor("S1", PARTY), at=NOON
    )
    for code, asked in (("FW-001", token), ("FW-001", ""), ("nope", token)):
        with pytest.raises(NotVisibleError):
            screen.photo_of(code, asked, on=TODAY)


def test_long_words_are_cut_into_pages_that_leave_nothing_out(base, town):
    words = "\n".join(f"第{n}条" + "请注意用电安全" * 6 for n in range(12))
    notice(town, words=words)

    shown = screen.public_base("FW-001", at=NOON).slides

    assert len(shown) == shown[0].parts > 2
    assert all(len(page.lines) <= screen.MOST_LINES for page in shown)
    assert "".join(line for page in shown for line in page.lines) == words.replace("\n", "")
    assert all(page.seconds >= screen.LEAST_S for page in shown)
