"""The rebuilding of the demo county's villages (千村改造), row 003-08, each on its way."""

from datetime import date, datetime, timedelta
from random import Random

from dianliang.domain.renewal.models import (
    Delay,
    IndicatorKind,
    Project,
    Reading,
    Stage,
    Step,
)
from dianliang.flows.demo.county import County, serving
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

BEFORE = {
    "old": (38, 62),
    "illegal": (6, 40),
    "tie": (10, 35),
    "voltage": (8, 60),
    "outage": (6, 14),
}
AFTER = {"old": (2, 10), "illegal": (0, 2), "tie": (65, 100), "voltage": (0, 3), "outage": (1, 4)}
DELAYS = (
    ("civil", "青苗补偿未谈妥，村里正在协调"),
    ("material", "环网柜到货推迟"),
    ("outage", "茶季不安排停电"),
    ("weather", "连续降雨，杆坑积水"),
)
LEFT_OUT = 6
DELAYED_EVERY = 9


def build_renewal(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write a project for all villages but a few, with stages, delays and indicators."""
    today = at.astimezone(SHANGHAI).date()
    stages = list(Stage.objects.filter(is_active=True))
    villages = county.villages[:-LEFT_OUT]
    projects = Project.objects.bulk_create(
        Project(
            number=f"GZ{at.astimezone(SHANGHAI):%y%m%d}-9{number:03d}",
            area=village,
            batch=f"{today.year} 年第{'一二三'[number % 3]}批（演示）",
            unit=serving(county, village),
            opened_at=at,
            opened_by=by.name,
            is_generated=True,
        )
        for number, village in enumerate(villages, start=1)
    )
    kinds = list(IndicatorKind.objects.filter(is_active=True))
    steps, delays, readings = [], [], []
    for number, project in enumerate(projects):
        progress = rng.choices(range(len(stages) + 1), [6, 8, 12, 22, 8, 10, 34])[0]
        is_late = number % DELAYED_EVERY == 0 and progress < len(stages)
        own = _steps(project, stages, progress, is_late=is_late, rng=rng, today=today)
        steps += own
        if is_late:
            delays.append((own[progress], *rng.choice(DELAYS)))
        readings += _readings(project, kinds, progress > 4, rng=rng, steps=own, today=today)
    Step.objects.bulk_create(steps)
    Delay.objects.bulk_create(_delay(*told, by=by, at=at) for told in delays)
    Reading.objects.bulk_create(readings)


def _steps(
    project: Project,
    stages: list[Stage],
    progress: int,
    *,
    is_late: bool,
    rng: Random,
    today: date,
) -> list[Step]:
    """Plan the stages so that the one that is running ends soon, or should have ended."""
    running = min(progress, len(stages) - 1)
    ends_on = today - timedelta(days=rng.randint(4, 40)) if is_late else today
    if not is_late:
        ends_on += timedelta(days=rng.randint(3, 25) if progress < len(stages) else -30)
    days = {running: ends_on}
    for place in range(running - 1, -1, -1):
        days[place] = days[place + 1] - timedelta(days=stages[place + 1].usual_days)
    for place in range(running + 1, len(stages)):
        days[place] = days[place - 1] + timedelta(days=stages[place].usual_days)
    made = []
    for place, stage in enumerate(stages):
        begun = days[place] - timedelta(days=stage.usual_days)
        is_done, is_running = place < progress, place == progress
        made.append(
            Step(
                project=project,
                stage=stage,
                status="DONE" if is_done else "RUNNING" if is_running else "PENDING",
                party=stage.party,
                responsible={"utility": "供电所运检班", "government": "镇建设办"}.get(
                    stage.party, "村委会"
                ),
                planned_on=days[place],
                first_planned_on=days[place] - timedelta(days=20 if is_running and is_late else 0),
                begun_on=min(begun, today) if is_done or is_running else None,
                done_on=min(days[place], today) if is_done else None,
            )
        )
    return made


def _delay(step: Step, cause: str, words: str, *, by: Actor, at: datetime) -> Delay:
    if step.planned_on is None or step.first_planned_on is None:
        raise ValueError("a delayed stage has a plan")
    return Delay(
        step=step,
        cause=cause,
        words=f"{words}（演示）",
        planned_before=step.first_planned_on,
        planned_after=step.planned_on,
        noted_at=at,
        noted_by=by.name,
    )


def _readings(
    project: Project,
    kinds: list[IndicatorKind],
    is_built: bool,
    *,
    rng: Random,
    steps: list[Step],
    today: date,
) -> list[Reading]:
    surveyed = steps[0].begun_on or today
    made = []
    for kind in kinds:
        low, high = BEFORE.get(kind.code, (1, 10))
        after = rng.randint(*AFTER.get(kind.code, (1, 10))) if is_built else None
        made.append(
            Reading(
                project=project,
                kind=kind,
                before=rng.randint(low, high),
                before_on=min(surveyed, today - timedelta(days=1)),
                after=after,
                after_on=today if after is not None else None,
            )
        )
    return made
