"""Joint meetings of the demo county: closed, at work, and with tasks that are overdue."""

from datetime import date, datetime, timedelta

from dianliang.domain.branches.models import (
    AgendaItem,
    Branch,
    Meeting,
    MeetingParty,
    Resolution,
    Task,
    TaskEvidence,
)
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

HELD = 10
TITLES = (
    "迎峰度夏用电保障",
    "线路通道树障清理",
    "留守老人用电检查",
    "农网改造占地协调",
    "安全用电宣传",
)


def build_meetings(
    branches: list[Branch],
    members: dict[int, list[Person]],
    villages: list[Area],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write ten meetings with two resolutions each; the older the more is done."""
    meetings, parties, items, resolutions, tasks = [], [], [], [], []
    for number in range(1, HELD + 1):
        branch, village = branches[number % 8], villages[number * 7 % len(villages)]
        held_at = (at - timedelta(days=16 * number)).astimezone(SHANGHAI).replace(hour=9, minute=0)
        meeting = _meeting(number, branch, village, members[branch.pk][0], held_at, by)
        meetings.append(meeting)
        parties.append(MeetingParty(meeting=meeting, name=spoken_name(village.name), area=village))
        for position in (1, 2):
            title = TITLES[(number + position) % len(TITLES)]
            item = AgendaItem(meeting=meeting, position=position, title=title)
            resolution = Resolution(
                number=f"YD{held_at:%y%m%d}-9{number:02d}{position}",
                item=item,
                words=f"{title}由供电所牵头，村里配合，限期完成。",
                no_task_reason="已有工单在办，不另立项。"
                if number % 4 == 0 and position == 2
                else "",
            )
            items.append(item)
            resolutions.append(resolution)
            if not resolution.no_task_reason and not (number == 1 and position == 2):
                tasks.append(
                    _task(meeting, resolution, members[branch.pk][position], title, position, at)
                )
    Meeting.objects.bulk_create(meetings)
    MeetingParty.objects.bulk_create(parties)
    AgendaItem.objects.bulk_create(items)
    Resolution.objects.bulk_create(resolutions)
    Task.objects.bulk_create(tasks)
    TaskEvidence.objects.bulk_create(
        TaskEvidence(
            task=task,
            words="已办结，村里确认（演示）",
            added_by=by.name,
            added_at=task.opened_at,
        )
        for task in tasks
        if task.status != "OPEN"
    )


def _meeting(
    number: int, branch: Branch, village: Area, chair: Person, held_at: datetime, by: Actor
) -> Meeting:
    is_closed = number > HELD // 2
    return Meeting(
        number=f"HY{held_at:%y%m%d}-9{number:03d}",
        title=f"{spoken_name(village.name)}站村联席会议（演示）",
        unit=branch.unit,
        held_at=held_at,
        place=f"{spoken_name(village.name)}会议室",
        chair=chair,
        guests="村两委代表",
        status="CLOSED" if is_closed else "HELD",
        closed_at=held_at + timedelta(days=30) if is_closed else None,
        created_by=by.name,
        created_at=held_at,
        is_generated=True,
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _task(
    meeting: Meeting,
    resolution: Resolution,
    person: Person,
    title: str,
    position: int,
    at: datetime,
) -> Task:
    opened, due = meeting.held_at, meeting.held_at + timedelta(days=25 * position)
    is_done = meeting.status == "CLOSED" or (position == 1 and due < at - timedelta(days=20))
    return Task(
        number=resolution.number.replace("YD", "RW"),
        resolution=resolution,
        title=f"落实：{title}",
        unit=meeting.unit,
        person=person,
        due_on=_day(due),
        status="CLOSED" if is_done else "OPEN",
        closed_on=_day(min(due, at)) if is_done else None,
        opened_at=opened,
        is_generated=True,
    )
