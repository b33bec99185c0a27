"""Guarded events of the demo county: an exam in five halls under way, another event being planned.

Five halls are seed row 002-15's size; the halls themselves, who stands by and what was seen are
generated. Everything goes through the same operations as by people.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.protection.models import Event
from dianliang.domain.rosters.models import Roster
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations import jobs
from dianliang.flows.demo.county import County
from dianliang.flows.demo.key_customers import take_in
from dianliang.flows.demo.watching import arrange_watch
from dianliang.flows.protection import planning, telling
from dianliang.flows.rosters import making
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

HALLS = ("县一中考点", "县二中考点", "孝丰中学考点", "梅溪中学考点", "职教中心考点")
CHANGE = time(8)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLANNED_AGO, DAYS = 4, 3
GEAR = "200 kW 发电车 1 台"
LOG = (
    ("shift", 0, "现场指挥交接完毕，五个考点驻守队伍全部到位。"),
    ("patrol", 2, "主供线路和变压器特巡一遍，接头测温正常。"),
    ("trouble", 5, "照明电压暂降约 0.1 秒，未影响考试；同时段 10 kV 线路有雷击记录。"),
    ("action", 6, "切至备用电源观察 30 分钟，恢复主供，加密测温。"),
)
"""Kind, hours after the begin, words."""


def build_guarding(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Plan an exam, release the plan, begin it, log; draft another event that still has gaps."""
    desk = replace(by, unit_path=county.company.path, unit_code=county.company.code)
    planned_at = at - PLANNED_AGO * DAY
    first = at.astimezone(SHANGHAI).date() - DAY
    starts_at = making.at_hour(first, CHANGE)
    ends_at = making.at_hour(first + DAYS * DAY, CHANGE)
    villages = rng.sample([v for v in county.villages if v.lat is not None], len(HALLS))
    halls = [
        take_in(
            name, KeyCustomer.Kind.EXAM_HALL, village, county, grade="second", rng=rng, by=desk,
            at=planned_at,
        )
        for name, village in zip(HALLS, villages, strict=True)
    ]  # fmt: skip
    roster = arrange_watch(
        county, title="考试保电现场指挥（演示）", first=first, days=DAYS, at=planned_at
    )
    exam = planning.draft(
        asked=_asked("高考保电（演示）", starts_at, ends_at, halls), by=desk, at=planned_at
    )
    _complete(exam, roster, county, by=desk, at=planned_at)
    for verb, when in (("release", planned_at), ("begin", starts_at)):
        planning.move(number=exam.number, verb=verb, reason="", by=desk, at=when)
    _log(exam, by=desk, begin=starts_at, at=at)
    soon = making.at_hour(first + 20 * DAY, CHANGE)
    planning.draft(
        asked=_asked("全域旅游大会保电（演示）", soon, soon + 2 * DAY, halls[:2]), by=desk, at=at
    )
    KeyCustomer.objects.update(is_generated=True)


def _asked(
    title: str, starts_at: datetime, ends_at: datetime, halls: list[KeyCustomer]
) -> planning.Asked:
    return planning.Asked(
        title=title,
        level="first",
        starts_at=starts_at,
        ends_at=ends_at,
        demand="开考期间零闪动，备用电源随时可投",
        customers=[hall.number for hall in halls],
        sites=(),
    )


def _complete(event: Event, roster: Roster, county: County, *, by: Actor, at: datetime) -> None:
    """Bring a plan to where nothing is lacking: patrols, a team at each hall, a post manned."""
    planning.order_patrols(number=event.number, due_at=event.ends_at, team_code="", by=by, at=at)
    for hall, team in zip(event.halls.order_by("pk"), county.teams, strict=False):
        planning.add_standby(
            number=event.number,
            hall=hall.pk,
            team_code=team.code,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            gear=GEAR,
            by=by,
            at=at,
        )
    planning.add_duty(number=event.number, roster=roster.number, post="现场指挥", by=by, at=at)


def _log(event: Event, *, by: Actor, begin: datetime, at: datetime) -> None:
    """Write down what happened, and close the patrols of the first hours."""
    hall = event.halls.order_by("pk").first()
    for kind, hours, words in LOG:
        when = begin + hours * HOUR
        telling.log(
            number=event.number,
            kind=kind,
            happened_at=when,
            words=words,
            hall=hall.pk if hall and kind in {"trouble", "action"} else None,
            corrects="",
            by=by,
            at=min(at, when + HOUR / 6),
        )
    done_at = begin + 3 * HOUR
    for job in Job.objects.filter(guard_patrol__event=event, inspects=None):
        jobs.complete(job=job, words="特巡正常（演示）", by=by, at=done_at)
