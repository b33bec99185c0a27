"""8100 dark stairwells: frozen in seconds, read with the same queries as ten (002-17).

Seconds are of the processor, so that a busy machine does not fail the test.
"""

from io import BytesIO
from time import process_time

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.core.models import AuditEvent
from dianliang.domain.programs import queries
from dianliang.domain.programs.models import Target
from dianliang.flows.campaigns import doing, listing, pages, workbooks
from tests.flows.campaigns.lists import frozen, stairwell, table, wanted
from tests.town import NOON

STAIRWELLS = 8100
FREEZE_S, PAGE_S = 5.0, 0.3


def asked(town, number):
    """Read what the page reads; return how long it took and how many queries."""
    by = town.actor("S1")
    start = process_time()
    with CaptureQueriesContext(
        connection,
    ) as caught:
        pages.campaign_page(number=number, area_code="", by=by)
        pages.target_list(number=number, area_code="", status="", reason="", page=1, by=by)
    return process_time() - start, len(caught)


@pytest.mark.row("002-17")
def test_8100_stairwells_are_frozen_counted_and_read_quickly(town):
    small = frozen(town, table=table(*(stairwell(n) for n in range(1, 11))))
    asked(town, small.number)  # what is kept in memory is read once
    _, few = asked(town, small.number)
    rows = table(*(stairwell(n, "V1" if n % 3 else "V2") for n in range(1, STAIRWELLS + 1)))
    by = town.actor("S1")
    draft = listing.draft(wanted=wanted(table=rows, proofs=["words"]), by=by, at=NOON)

    start = process_time()
    campaign = listing.freeze(number=draft.number, by=by, at=NOON)
    assert process_time() - start < FREEZE_S
    assert campaign.frozen_count == STAIRWELLS

    asked(town, campaign.number)
    took, many = asked(town, campaign.number)
    assert took < PAGE_S
    assert many == few

    for number in Target.objects.filter(campaign=campaign).values_list("number", flat=True)[:30]:
        doing.complete(number=number, photos=[], words="灯亮", by=by, at=NOON)
    page = pages.campaign_page(number=campaign.number, area_code="T1", by=by)
    assert {p.area.code: (p.tally.done, p.tally.total) for p in page.parts} == {
        "V1": (20, 5400),
        "V2": (10, 2700),
    }
    found = {row.number: (row.done, row.total) for row in queries.coverage(area=town.areas["V2"])}
    assert found[campaign.number] == (10, 2700)


def test_the_workbook_holds_the_denominator_every_target_and_every_change(town):
    campaign, by = frozen(town, proofs=["words"]), town.actor("S1")
    first, second, _ = Target.objects.filter(campaign=campaign).values_list("number", flat=True)
    doing.complete(number=first, photos=[], words="灯亮", by=by, at=NOON)
    doing.correct(number=second, is_back=False, reason="=拆除", by=by, at=NOON)

    book = openpyxl.load_workbook(
        BytesIO(workbooks.workbook(number=campaign.number, by=by, at=NOON))
    )

    summary = {row[0].value: row[1].value for row in book["概况"]}
    assert (summary["冻结时目标数"], summary["剔除"], summary["完成率"]) == (3, 1, "50.0%")
    assert summary["名单摘要（SHA-256）"] == campaign.frozen_digest
    assert [row[6].value for row in book["目标"]][1:] == ["已完成", "已剔除", "待办"]
    assert book["名单更正"]["D2"].value == "=拆除"
    assert book["名单更正"]["D2"].data_type == "s"
    assert AuditEvent.objects.filter(verb="programs.campaign.export").exists()
