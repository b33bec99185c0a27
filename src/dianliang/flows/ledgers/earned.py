"""The records that earn points: what each says, so that a point can be followed to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.branches.models import Meeting, Task, Topic
from dianliang.domain.hours.lifecycle import HOUR_LABELS
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.queries import hours_words
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.programs.models import Course, Session
from dianliang.kernel.calendar import SHANGHAI

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a record says; `unit_path` is whose it is, `drive` where a donation has its page."""

    title: str
    facts: Facts
    unit_path: str
    drive: str = ""


def clock(at: datetime) -> str:
    """Return an instant as people of Shanghai write it."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _hours(number: str) -> Found | None:
    rows = HourRecord.objects.select_related("person", "unit", "team", "reversal")
    one = rows.filter(number=number).first()
    if one is None:
        return None
    counter = getattr(one, "reversal", None)
    facts = (
        ("人员", one.person.name),
        ("队伍", one.team.name if one.team else ""),
        ("身份", one.role),
        ("开始", clock(one.started_at)),
        ("结束", clock(one.ended_at)),
        ("时长", hours_words(one.minutes)),
        ("类别", "签到核实" if one.is_verified else "人工申报"),
        ("来源", f"{one.get_source_kind_display()} {one.source_number}"),
        ("状态", HOUR_LABELS[one.status]),
        ("冲销", counter.number if counter else ""),
    )
    return Found(title=one.content or one.role, facts=facts, unit_path=one.unit.path)


def _session(number: str) -> Found | None:
    rows = Session.objects.select_related("unit", "team", "site", "area", "course")
    one = rows.filter(number=number).first()
    if one is None:
        return None
    lecturers = one.signups.filter(role="lecturer", status="ATTENDED").select_related("person")
    facts = (
        ("主办单位", one.unit.name),
        ("地点", one.place or (one.site.name if one.site else one.area.name)),
        ("开始", clock(one.starts_at)),
        ("结束", clock(one.ends_at)),
        ("主讲", "、".join(signup.person.name for signup in lecturers)),
        ("课程", one.course.title if one.course else ""),
        ("到场人数", str(one.signups.filter(status="ATTENDED").count())),
        ("状态", one.get_status_display()),
    )
    return Found(title=one.title, facts=facts, unit_path=one.unit.path)


def _course(number: str) -> Found | None:
    one = Course.objects.select_related("unit", "skill").filter(number=number).first()
    if one is None:
        return None
    facts = (
        ("主办单位", one.unit.name),
        ("授予技能", one.skill.name if one.skill else ""),
        ("课次", str(one.sessions.count())),
        ("合格人数", str(one.enrolments.filter(status="PASSED").count())),
        ("状态", one.get_status_display()),
    )
    return Found(title=one.title, facts=facts, unit_path=one.unit.path)


def _meeting(number: str) -> Found | None:
    one = Meeting.objects.select_related("unit", "chair").filter(number=number).first()
    if one is None:
        return None
    facts = (
        ("召集单位", one.unit.name),
        ("时间", clock(one.held_at)),
        ("地点", one.place),
        ("主持人", one.chair.name if one.chair else ""),
        ("参会人数", str(one.people.count())),
        ("状态", one.get_status_display()),
    )
    return Found(title=one.title, facts=facts, unit_path=one.unit.path)


def _task(number: str) -> Found | None:
    rows = Task.objects.select_related("unit", "person", "resolution")
    one = rows.filter(number=number).first()
    if one is None:
        return None
    facts = (
        ("责任单位", one.unit.name),
        ("责任人", one.person.name),
        ("议定事项", one.resolution.words),
        ("完成期限", str(one.due_on)),
        ("办结日期", str(one.closed_on or "")),
        ("状态", one.get_status_display()),
    )
    return Found(title=one.title, facts=facts, unit_path=one.unit.path)


def _topic(number: str) -> Found | None:
    one = Topic.objects.select_related("branch__unit").filter(number=number).first()
    if one is None:
        return None
    before = "" if one.before is None else f"{one.before.normalize():f} {one.measure_unit}"
    after = "" if one.after is None else f"{one.after.normalize():f} {one.measure_unit}"
    facts = (
        ("牵头支部", one.branch.unit.name),
        ("指标", one.measure),
        ("实施前", before),
        ("实施后", after),
        ("状态", one.get_status_display()),
    )
    return Found(title=one.title, facts=facts, unit_path=one.branch.unit.path)


def _need(number: str) -> Found | None:
    one = Need.objects.select_related("unit", "service").filter(number=number).first()
    if one is None:
        return None
    given = Rating.objects.filter(participant__need=one).order_by("rated_at", "pk")
    facts = (
        ("承办单位", one.unit.name),
        ("服务事项", one.service.name if one.service else ""),
        ("受理时间", clock(one.received_at)),
        ("评价", "、".join(f"{rating.stars} 星" for rating in given)),
        ("状态", one.get_status_display()),
    )
    return Found(
        title=one.service.name if one.service else number,
        facts=facts,
        unit_path=one.unit.path,
    )


EARNED: Mapping[str, Callable[[str], Found | None]] = {
    "hours": _hours,
    "session": _session,
    "course": _course,
    "meeting": _meeting,
    "task": _task,
    "topic": _topic,
    "need": _need,
}
