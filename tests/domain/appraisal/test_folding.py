"""Of two people who are one: marks, standings and appeals of the old number are the kept one's."""

import pytest

from dianliang.domain.appraisal import folding
from dianliang.domain.appraisal.models import Appeal, Mark, Standing
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.flows.appraisal import people, ratings, rounds
from dianliang.kernel.actor import Actor, Role
from tests.appraisals import DAY, Appraisal
from tests.partyworld import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(town, noon):
    """A round of people that is shown, with a branch's secretary and the same man as a member."""
    it = Appraisal(Party(town, noon))
    branch = it.party.branch("YS", "S1")
    kept, gone = (it.party.person(name, "S1", branch) for name in ("书记", "书记同名"))
    it.post(branch, "secretary", kept)
    on = it.party.on
    held = it.round("three_person", since=on - 30 * DAY, until=on - DAY, at=it.at - 40 * DAY)
    rounds.show(number=held.number, by=it.clerk(), at=it.at)
    return it, held, kept, gone


def marked(held, gone, *, by=""):
    return Mark.objects.create(
        round=held,
        indicator=held.edition.indicators.first(),
        subject=gone.number,
        mark=70,
        words="台账齐全",
        assessor="user:x",
        assessor_name="某",
        assessor_person=by,
        at=held.announced_at,
    )


def fold(kept, gone):
    told = {}
    for one in folding.FOLDS:
        told |= one(kept, gone)
    Standing.objects.filter(person=gone).update(person=kept)  # as a merge moves every key
    return told


def own(person):
    return Actor(id="user:own", name="书记", role=Role.STEWARD, person_number=person)


def test_what_the_old_number_was_marked_and_placed_counts_for_who_is_kept(shown):
    it, held, kept, gone = shown
    Standing.objects.filter(person=kept).delete()
    marked(held, gone)
    asked = {"number": held.number, "subject": gone.number, "indicator": "1", "text": "少算一次"}
    rounds.appeal(**asked, by=own(gone.number), at=it.at)

    assert fold(kept, gone) == {}

    page = ratings.subject_page(
        held.number, kept.number, edition=None, by=it.clerk(), on=it.party.on
    )
    assert [mark[0] for mark in page.marks.values()] == [70]
    assert {row.subject for row in Appeal.objects.all()} == {kept.number}
    (rating,) = people.ratings(kept, by=own(kept.number), is_own=True)
    assert rating.subject == kept.number


def test_a_result_that_ranked_both_stays_and_he_may_appeal_against_either_place(shown):
    it, held, kept, gone = shown
    older, later = marked(held, kept), marked(held, gone)
    Mark.objects.filter(pk=older.pk).update(at=held.announced_at - DAY)

    assert "70" in fold(kept, gone)["marks"][0]

    assert [row.pk for row in Mark.objects.filter(subject=kept.number)] == [later.pk]
    rows = Standing.objects.filter(result__round=held)
    assert {row.subject for row in rows} == {kept.number, gone.number}
    asked = {"number": held.number, "subject": gone.number, "indicator": "1", "text": "少算一次"}
    assert rounds.appeal(**asked, by=own(kept.number), at=it.at).subject == gone.number


def test_who_marked_the_other_is_somebody_else(shown):
    _, held, kept, gone = shown
    marked(held, gone, by=kept.number)

    with pytest.raises(UnableToFoldError, match="评过分"):
        fold(kept, gone)
