"""The demo's commander sees a check of key customers that is under way."""

from dianliang.core.models import User
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.work.models import Job
from dianliang.flows import identity
from dianliang.flows.demo.checking import DONE, SENT, TITLE
from dianliang.flows.demo.key_customers import CUSTOMERS
from dianliang.flows.key_customers import checks
from tests.demo import TODAY


def test_a_check_before_the_peak_is_under_way_with_findings_and_one_that_is_late(demo):
    commander = identity.actor_of(User.objects.get(username="commander"), on=TODAY)
    assert commander is not None

    ((row, late),), more = checks.patrols(by=commander, on=TODAY)

    assert (row.title, late, more) == (TITLE, 1, 0)
    assert row.tally.total == CUSTOMERS
    assert row.tally.done == DONE
    waiting = Target.objects.filter(campaign__title=TITLE, status="PLANNED")
    assert waiting.count() == SENT - DONE
    (job,) = Job.objects.filter(targets__in=waiting.filter(due_on__lt=TODAY))
    assert job.status == "OPEN"
    checked = [
        checks.checks_of(one)[0][0]
        for one in KeyCustomer.objects.filter(
            pk__in=Target.objects.filter(status="DONE").values("key_customer")
        )
    ]
    assert len(checked) == DONE
    assert sum(bool(check.hazards) for check in checked) == DONE // 2
    assert all(check.inspection for check in checked)
    assert not Campaign.objects.filter(title=TITLE, is_generated=False).exists()
    assert not Job.objects.filter(title__startswith=TITLE, is_generated=False).exists()
