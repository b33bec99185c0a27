"""Policy lists: measures for units, done with evidence, approved above, carried into editions."""

from datetime import timedelta
from itertools import count

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Need
from dianliang.domain.outreach.models import Recipient
from dianliang.domain.policies import queries
from dianliang.domain.policies.models import Measure, PolicyDuty
from dianliang.domain.policies.operations import duties, lists
from dianliang.domain.policies.operations.duties import UnableToDoError
from dianliang.domain.policies.operations.lists import UnableToListError
from dianliang.flows.policies import counting, keeping, papers
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.core.test_files import photo
from tests.outreachworld import FILE, clerk, drafted, table
from tests.reaching import handed, listed
from tests.town import NOON

ON = NOON.date()
WIDTHS = count(60)
"""Each picture another: the same file twice is refused."""


def station(town, code="S1", name="站员"):
    return clerk(town, code, name)


def prove(duty, by, **more):
    asked = {
        "text": "送政策上门",
        "quantity": None,
        "record": "",
        "content": photo((next(WIDTHS), 40)),
        **more,
    }
    return keeping.prove(number=duty.number, by=by, at=NOON, **asked)


def test_a_unit_shows_reports_and_the_unit_above_approves(town):
    company, own = clerk(town), station(town)
    yes_no, quantity, counted = handed(town, listed(town), "S1", by=company)
    with pytest.raises(UnableToDoError, match="佐证"):
        keeping.report(number=yes_no.number, reason="", by=own, at=NOON)
    prove(yes_no, own)
    keeping.report(number=yes_no.number, reason="", by=own, at=NOON)
    with pytest.raises(UnableToDoError, match="上级"):
        keeping.decide(number=yes_no.number, verb="approve", reason="", by=own, at=NOON)

    keeping.decide(number=yes_no.number, verb="approve", reason="", by=company, at=NOON)

    done = PolicyDuty.objects.get(pk=yes_no.pk)
    assert (done.status, done.done_on, done.done_under) == ("DONE", ON, 1)
    with pytest.raises(UnableToDoError, match="数量"):
        prove(quantity, own)
    prove(quantity, own, quantity=12)
    with pytest.raises(UnableToDoError, match="目标 20，现在 12"):
        keeping.report(number=quantity.number, reason="", by=own, at=NOON)
    wrong = prove(quantity, own, quantity=100, content=photo((9, 9)))
    with pytest.raises(UnableToDoError, match="已经是"):
        prove(quantity, own, quantity=100, content=photo((9, 9)))
    keeping.withdraw(number=quantity.number, evidence=wrong.pk, by=own, at=NOON)
    prove(quantity, own, quantity=8)
    keeping.report(number=quantity.number, reason="", by=own, at=NOON)
    assert PolicyDuty.objects.get(pk=quantity.pk).quantity == 20
    assert AuditEvent.objects.filter(target_id=counted.number).count() == 1


def test_what_the_system_knows_is_counted_and_never_typed(town):
    company, own = clerk(town), station(town)
    counted = handed(town, listed(town), "S1", "S2", by=company)[4]
    assert counted.unit.code == "S1"
    needs = [town.post(area_code="V1", service_code="PWR-OUTAGE") for _ in range(3)]
    for need in needs[:2]:
        Need.objects.filter(pk=need.pk).update(
            status="RESOLVED", resolved_at=NOON, unit=town.units["S1"]
        )

    quantity, records = keeping.shown(number=counted.number, by=own)
    keeping.report(number=counted.number, reason="", by=own, at=NOON)

    assert quantity == 2
    assert [row[1] for row in records] == [need.number for need in needs[:2]]
    kept = PolicyDuty.objects.get(pk=counted.pk)
    assert (kept.quantity, len(kept.records)) == (2, 2)


def test_a_new_edition_keeps_what_was_done_and_hands_out_what_is_new(town):
    company, own = clerk(town), station(town)
    policy = listed(town)
    done, going, dropped = handed(town, policy, "S1", by=company)
    prove(done, own)
    keeping.report(number=done.number, reason="", by=own, at=NOON)
    keeping.decide(number=done.number, verb="approve", reason="", by=company, at=NOON)
    published = list(Measure.objects.values_list("pk", "title", "least"))
    with pytest.raises(UnableToListError, match="修订"):
        keeping.strike(number=policy.number, position=1, by=company, at=NOON)

    keeping.revise(number=policy.number, reason="提高目标", by=company, at=NOON)
    longer = keeping.Put(
        position=2,
        title="上门宣讲",
        words="",
        kind="quantity",
        counts="",
        narrows="",
        unit_word="户",
        least=30,
        due_on=ON + timedelta(days=90),
    )
    keeping.put(number=policy.number, asked=longer, by=company, at=NOON)
    keeping.strike(number=policy.number, position=3, by=company, at=NOON)
    rows = [{"第几条": "3", "措施": "设专窗", "完成口径": "是否完成", "完成期限": "2026-12-31"}]
    assert papers.bring(number=policy.number, content=table(rows), by=company, at=NOON) == 1
    keeping.publish(number=policy.number, by=company, at=NOON)

    states = {d.number: (d.status, d.measure.edition.serial) for d in policy.duties.all()}
    fresh = policy.duties.exclude(pk__in=[done.pk, going.pk, dropped.pk]).get()
    assert states == {
        done.number: ("DONE", 2),
        going.number: ("OPEN", 2),
        dropped.number: ("CANCELLED", 1),
        fresh.number: ("OPEN", 2),
    }
    going.refresh_from_db()
    assert (going.least, going.due_on) == (30, ON + timedelta(days=90))
    assert (fresh.unit.code, fresh.measure.title) == ("S1", "设专窗")
    assert set(published) <= set(Measure.objects.values_list("pk", "title", "least"))


def test_overdue_shows_in_the_matrix_and_on_paper(town):
    company = clerk(town)
    policy = listed(town)
    first = handed(town, policy, "S1", "S2", by=company, helpers=("AJ",))[0]
    late = ON + timedelta(days=60)

    page = queries.page(policy.number, by=company, on=late)

    assert [name for _code, name in page.units] == ["天荒坪供电所", "梅溪供电所"]
    assert page.row.overdue == 6
    assert all(cell.is_overdue for line in page.lines for cell in line.cells)
    assert queries.duty(first.number, by=company, on=late).helpers == ("供电公司",)
    for make, head in ((papers.sheet, b"PK"), (papers.document, b"PK")):
        made = make(number=policy.number, by=company, on=late, at=NOON)
        assert made.content.startswith(head)
    overdue = queries.duties(policy=policy.number, unit="S2", state="overdue", by=company, on=late)
    assert len(overdue) == 3


def test_nobody_approves_from_a_stale_page_what_he_has_reported_himself(town):
    company, own = clerk(town), station(town)
    duty = handed(town, listed(town), "S1", by=company)[0]
    prove(duty, own)
    keeping.report(number=duty.number, reason="", by=own, at=NOON)
    stale = PolicyDuty.objects.get(pk=duty.pk)
    keeping.decide(number=duty.number, verb="send_back", reason="补照片", by=company, at=NOON)
    keeping.report(number=duty.number, reason="", by=company, at=NOON)

    with pytest.raises(UnableToDoError, match="上级"):
        duties.decide(duty=stale, verb="approve", words="", by=company, at=NOON)


def test_a_measure_of_an_edition_that_was_replaced_meanwhile_is_not_handed_out(town):
    company = clerk(town)
    policy = listed(town)
    measure = Measure.objects.select_related("edition").first()
    keeping.revise(number=policy.number, reason="修订", by=company, at=NOON)
    keeping.publish(number=policy.number, by=company, at=NOON)

    with pytest.raises(UnableToListError, match="已发布"):
        lists.hand_out(
            policy=policy,
            measures=[measure],
            units=[town.units["S1"]],
            helpers=[],
            due_on=None,
            least=None,
            by=company,
            at=NOON,
        )


def test_a_firm_that_two_outreaches_have_reached_is_one_firm(town):
    duty = handed(town, listed(town), "S1", by=clerk(town))[2]
    duty.measure.counts = "reached"
    for outreach in (drafted(town, FILE), drafted(town, FILE)):
        Recipient.objects.create(
            outreach=outreach, serial=1, key="QY1", kind="enterprise", unit=duty.unit, stage=3
        )

    assert counting.counted(duty).quantity == 1


def test_a_neighbour_sees_neither_list_nor_duty(town):
    company = clerk(town)
    policy = listed(town)
    duty = handed(town, policy, "S1", by=company)[0]
    beside = station(town, "S2")

    with pytest.raises(NotVisibleError):
        queries.page(policy.number, by=beside, on=ON)
    with pytest.raises(NotVisibleError):
        prove(duty, beside)
    assert queries.policies(by=town.actor("S1", Role.COMMANDER), on=ON)[0].total == 3


def test_a_table_of_measures_names_every_wrong_row(town):
    company = clerk(town)
    policy = listed(town)
    keeping.revise(number=policy.number, reason="修订", by=company, at=NOON)
    rows = [
        {"第几条": "4", "措施": "甲", "完成口径": "完成数量", "完成期限": "2026-12-31"},
        {"第几条": "x", "措施": "乙事", "完成口径": "随便", "完成期限": ""},
    ]

    with pytest.raises(InvalidRowsError) as refusal:
        papers.bring(number=policy.number, content=table(rows), by=company, at=NOON)

    assert len(refusal.value.rows) >= 4
    assert Measure.objects.filter(edition__serial=2).count() == 3
