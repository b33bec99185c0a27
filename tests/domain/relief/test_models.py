"""What the database itself refuses about screenings and proposals."""

import pytest
from django.db import IntegrityError, transaction

from dianliang.domain.relief.models import Decision, Judgement, Proposal, Screening
from tests import loaded


@pytest.fixture
def made(town):
    return loaded.hand_made(town)


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (Screening.objects, {"month": loaded.APRIL.replace(day=2)}),
        (Screening.objects, {"until_on": loaded.APRIL}),
        (Judgement.objects, {"line": "fine"}),
        (Judgement.objects, {"known_share": 1.2}),
        (Judgement.objects, {"peak_kw": None}),
        (Proposal.objects, {"budget_cny": -1}),
        (Proposal.objects, {"relieved": 2}),
        (Proposal.objects, {"bound": 0}),
    ],
)
def test_rows_of_no_sense_are_refused(made, rows, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**change)


def test_declining_without_a_reason_is_refused(made):
    line = made.lines.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            line=line, verdict="declined", decided_at=loaded.AT, decided_by="某人"
        )
