"""How the demo county is organised: people and their activities, bases, ledgers, branches."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from dianliang.flows.demo.activities import build_activities
from dianliang.flows.demo.appraisals import build_appraisals
from dianliang.flows.demo.bases import build_bases
from dianliang.flows.demo.booking import build_bookings
from dianliang.flows.demo.branches import build_branches
from dianliang.flows.demo.commanding import build_command
from dianliang.flows.demo.county import County
from dianliang.flows.demo.guarding import build_guarding
from dianliang.flows.demo.honouring import build_honours
from dianliang.flows.demo.hours import build_hours
from dianliang.flows.demo.incidents import build_drill
from dianliang.flows.demo.ledgers import build_ledgers
from dianliang.flows.demo.mobilising import build_resources
from dianliang.flows.demo.reaching import build_reaching
from dianliang.flows.demo.staffing import build_staff
from dianliang.flows.demo.teaching import build_teaching
from dianliang.flows.demo.watching import build_roster
from dianliang.kernel.actor import Actor

Dice = Callable[[], Random]


def build_people_at_work(county: County, *, dice: Dice, by: Actor, at: datetime) -> None:
    """Write who people are, what they do together, and the hours that they gave."""
    build_staff(county, rng=dice(), by=by, at=at)
    build_activities(county.company, rng=dice(), at=at)
    build_teaching(county.company, rng=dice(), at=at)
    build_hours(county.company, rng=dice(), at=at)


def build_organisation(county: County, *, dice: Dice, by: Actor, at: datetime) -> None:
    """Write bases, branches with what they do, rooms, a roster, gear, a drill, points and gifts."""
    build_bases(county, by=by, rng=dice(), at=at)
    build_branches(county, rng=dice(), by=by, at=at)
    build_appraisals(county, at=at)
    build_honours(county, by=by, at=at)
    build_bookings(by=by, rng=dice(), at=at)
    build_roster(county, at=at)
    build_guarding(county, rng=dice(), by=by, at=at)
    build_reaching(county, by=by, rng=dice(), at=at)
    build_drill(county, by=by, at=at)
    build_resources(county, rng=dice(), by=by, at=at)
    build_command(county, by=by, at=at)
    # Points follow from all that was done before, also from meetings and their tasks.
    build_ledgers(county, rng=dice(), at=at)
