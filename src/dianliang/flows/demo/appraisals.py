"""A branch's quarter in the demo county: resolution, task, closed, score; lists, 三管, a contest.

Everything goes through the journeys that people take, so that each figure opens its records.
"""

from datetime import date, datetime, time, timedelta

from dianliang.domain.appraisal.models import Duty, Round, RuleBook, TaskList
from dianliang.domain.appraisal.operations import rounds as rating
from dianliang.domain.appraisal.periods import period_of
from dianliang.domain.branches.models import Branch, Meeting, Task
from dianliang.domain.branches.rules import members_on
from dianliang.domain.workforce.models import Person
from dianliang.flows.appraisal import lists, rounds, rulebooks
from dianliang.flows.branches import meeting
from dianliang.flows.demo.county import County
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

SAMPLES = ("month", "three_branch", "three_person", "pioneer")
DAY = timedelta(days=1)


def build_appraisals(county: County, *, at: datetime) -> None:
    """Write rules, last month's closed list of one branch, this month's of all, and ratings."""
    clerk, head = _staff(county, "党建专责"), _staff(county, "党建部主任")
    today = at.astimezone(SHANGHAI).date()
    quarter, _ = period_of("quarter", today)
    last_quarter, _ = period_of("quarter", quarter - DAY)
    books = _rules(county, by=clerk, at=_noon(last_quarter - 20 * DAY))
    _last_month(county, books["month"], today=today, clerk=clerk, head=head)
    lists.publish(book=books["month"].number, unit=county.company.code, on=today, by=clerk, at=at)
    contest = _round(
        county, books["pioneer"], last_quarter, quarter - DAY, "先锋党支部竞赛", by=clerk
    )
    rounds.show(number=contest.number, by=clerk, at=_noon(min(quarter + 3 * DAY, today)))
    if today > quarter + 12 * DAY:
        rounds.publish(number=contest.number, by=head, at=_noon(quarter + 12 * DAY))
    _, until = period_of("quarter", today)
    for code in ("three_branch", "three_person"):
        _round(county, books[code], quarter, until, books[code].name.removesuffix("办法"), by=clerk)
    for model in (RuleBook, TaskList, Duty, Round):
        model._default_manager.update(is_generated=True)


def _staff(county: County, name: str) -> Actor:
    return Actor(
        id=f"demo:{name}",
        name=name,
        role=Role.PARTY_AFFAIRS,
        unit_path=county.company.path,
        unit_code=county.company.code,
    )


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), SHANGHAI)


def _rules(county: County, *, by: Actor, at: datetime) -> dict[str, RuleBook]:
    books = {}
    for code in SAMPLES:
        book = rulebooks.begin(starter=code, name="", unit=county.company.code, by=by, at=at)
        rulebooks.enact(number=book.number, seen=0, by=by, at=at)
        books[code] = book
    return books


def _round(
    county: County, book: RuleBook, since: date, until: date, title: str, *, by: Actor
) -> Round:
    return rating.announce(
        edition=book.editions.get(),
        title=f"{title}（演示）",
        unit=county.company,
        since=since,
        until=until,
        by=by,
        at=_noon(since - 10 * DAY),
    )


def _last_month(county: County, book: RuleBook, *, today: date, clerk: Actor, head: Actor) -> None:
    """Let the first station's branch go through its month: meeting, task, report, closing."""
    first = today.replace(day=1)
    began = (first - DAY).replace(day=1)
    station = county.stations[0]
    branch = Branch.objects.get(unit__parent=station, kind=Branch.Kind.ORDINARY)
    held = lists.publish(book=book.number, unit=station.code, on=began, by=clerk, at=_noon(began))
    people = list(Person.objects.filter(pk__in=members_on(branch, on=today)).order_by("number"))
    _meeting(branch, people[:3], on=began + 4 * DAY, clerk=clerk, head=head)
    for duty in held.duties.filter(measure="", status="OPEN").order_by("number"):
        _do(duty, on=began + 14 * DAY, clerk=clerk, head=head)
    special = lists.propose(
        number=held.number,
        branch=branch.unit.code,
        person=people[0].number,
        title="茶季夜间巡线先锋队",
        text="采茶季每周两次夜巡重载台区，随手消缺",
        weight=8,
        due_on=began + 24 * DAY,
        by=clerk,
        at=_noon(began + 2 * DAY),
    )
    lists.approve(number=special.number, by=head, at=_noon(began + 3 * DAY))
    special.refresh_from_db()
    _do(special, on=began + 22 * DAY, clerk=clerk, head=head)
    lists.close(number=held.number, by=clerk, at=_noon(first))


def _do(duty: Duty, *, on: date, clerk: Actor, head: Actor) -> None:
    at = _noon(on)
    lists.prove(
        number=duty.number,
        text="已完成，材料在支部台账（演示）",
        content=None,
        record="",
        by=clerk,
        at=at,
    )
    lists.report(number=duty.number, by=clerk, at=at)
    lists.confirm(number=duty.number, by=head, at=at + DAY)


def _meeting(branch: Branch, people: list[Person], *, on: date, clerk: Actor, head: Actor) -> None:
    """Hold a meeting whose resolution becomes a task that is done within the month."""
    at = _noon(on)
    asked = meeting.Asked(
        title="迎峰度冬站村联席会议（演示）",
        unit=branch.unit.code,
        held_at=at,
        place="村委会会议室",
        chair=people[0].number,
        parties="村党支部（演示）",
        people="、".join(person.number for person in people),
        guests="村两委代表",
        items="冬季用电保障｜供电所",
    )
    made = meeting.call(asked=asked, by=clerk, at=at)
    meeting.hold(number=made.number, by=clerk, at=at)
    resolution = meeting.resolve(
        number=made.number,
        item="1",
        text="月底前完成两处台区消缺",
        no_task_reason="",
        by=clerk,
        at=at,
    )
    task = meeting.assign(
        number=made.number,
        resolution=resolution.number,
        title="两处台区消缺",
        person=people[1].number,
        due_on=on + 20 * DAY,
        by=clerk,
        at=at,
    )
    done = _noon(on + 12 * DAY)
    meeting.prove(
        number=task.number, text="消缺完成，村里确认", content=None, record="", by=clerk, at=done
    )
    meeting.report(number=task.number, by=clerk, at=done)
    meeting.confirm(number=task.number, by=head, at=done)
    meeting.close(number=made.number, by=clerk, at=done)
    Meeting.objects.filter(pk=made.pk).update(is_generated=True)
    Task.objects.filter(pk=task.pk).update(is_generated=True)
