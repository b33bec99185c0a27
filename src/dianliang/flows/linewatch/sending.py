"""From an event to somebody who goes there: a job, a visit of the steward's team, a message."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import jobs as background
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import events
from dianliang.domain.outreach.models import Channel
from dianliang.domain.outreach.phones import mobile
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs, sending, visits
from dianliang.domain.workforce import crews
from dianliang.domain.workforce.charging import charge_of
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.outreach.sending import carrier_of
from dianliang.integrations.messaging.model import Message
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import phrase_of

TELL = "linewatch.tell"
STEWARD_KIND = "manager"
"""The kind of responsibility of a village's steward (电管家)."""
MINUTES = 30
WITHIN = timedelta(hours=1)
UNDONE = ("OPEN", "HANDED_OVER", "SCHEDULED")
BY_JOB, NOBODY = "手机工单", "没有在岗电管家，待调度员派单"
CHECKLIST = ["劝离线下人员", "收好鱼竿、远离导线", "当面说明触电危险", "查看警示牌是否完好"]


class UnableToSendError(DomainError):
    """The event cannot become a job."""

    code = "linewatch.unable-to-send"


@transaction.atomic
def send(*, event: Event, by: Actor, at: datetime, reason: str = "") -> Job:
    """Make an event an urgent job of the steward of its cell, or add it to one that is under way.

    Raises:
        UnableToSendError: it has a job that was not called off.
    """
    if not may_send(event):
        raise UnableToSendError("这个事件已经派单。")
    Camera.objects.select_for_update(no_key=True).get(pk=event.camera_id)
    known = _under_way(event.camera)
    if known is not None:
        events.send_to(event=event, job=known, by=by, at=at, reason=reason)
        return known
    steward, team = steward_of(event.camera, at=at)
    job = _open(event, at=at)
    events.send_to(event=event, job=job, by=by, at=at, reason=reason)
    if team is None or steward is None:
        events.note_told(event=event, name="", how=NOBODY, at=at)
        return job
    sending.send_now(job=job, team=team, by=SYSTEM, at=at, reason=f"线路守护 {event.number}")
    events.note_told(event=event, name=steward.name, how=BY_JOB, at=at)
    told = {"event": event.number, "person": steward.number, "job": job.number}
    background.enqueue(TELL, told, by=SYSTEM, at=at, key=f"{TELL}:{event.number}", max_attempts=4)
    return job


def may_send(event: Event) -> bool:
    """Tell whether an event has no job, or only one that was called off."""
    return event.job is None or event.job.status == "CANCELLED"


def is_walk_open(event: Event) -> bool:
    """Tell whether somebody still goes for an event, or is asked to."""
    return event.job is not None and event.job.status in UNDONE


@transaction.atomic
def call_off(*, event: Event, by: Actor, at: datetime) -> bool:
    """Call off the job of a false alarm, unless the team is on the spot or others need the walk.

    Return whether it was called off; a team that is there ends the visit itself.

    Raises:
        StaleStateError: the team moved its visit just now.
    """
    Camera.objects.select_for_update(no_key=True).get(pk=event.camera_id)
    sent = Job.objects.filter(status__in=UNDONE)
    job = sent.filter(pk=event.job_id).first() if event.job_id is not None else None
    if job is None or Event.objects.filter(job=job).exclude(status="FALSE").exists():
        return False
    going = Visit.objects.filter(job=job, status__in=VISIT_OPEN)
    if going.filter(status="ARRIVED").exists():
        return False
    reason = f"守护事件 {event.number} 反馈为误报"
    for visit in going:
        visits.withdraw(visit=visit, reason=reason, by=by, at=at)
    jobs.cancel(job=Job.objects.get(pk=job.pk), reason=reason, by=by, at=at)
    return True


def steward_of(camera: Camera, *, at: datetime) -> tuple[Person | None, Team | None]:
    """Return who answers for a camera's cell today, and the team that goes with him."""
    on = at.astimezone(SHANGHAI).date()
    rows = charge_of(area=camera.area, on=on)
    number = next((row.number for row in rows if row.kind_code == STEWARD_KIND), "")
    person = Person.objects.filter(number=number).first() if number else None
    if person is None:
        return None, None
    codes = crews.teams_of(person.number, on=on)
    found = Team.objects.filter(code__in=codes, is_active=True).order_by("code")
    return person, found.first()


def _under_way(camera: Camera) -> Job | None:
    """Return the job of a camera that is not done: two events need one walk."""
    rows = Event.objects.filter(camera=camera, job__status__in=UNDONE).select_related("job")
    latest = rows.order_by("-happened_at").first()
    return latest.job if latest else None


def _open(event: Event, *, at: datetime) -> Job:
    camera = event.camera
    what = "疑似钓鱼" if event.kind == "fishing" else "有人停留"
    reasons = "；".join(phrase_of(one["words"]) for one in event.reasons)
    return jobs.open_job(
        title=f"线下{what}：{camera.line_name} {camera.span}",
        detail=f"守护事件 {event.number}，{camera.voltage_kv:g} kV，区域“{event.zone}”，"
        f"{event.people} 人。{reasons}",
        area=camera.area,
        point=GeoPoint(camera.lat, camera.lon),
        unit=camera.unit,
        address=f"{camera.line_name} {camera.span}",
        checklist=CHECKLIST,
        duration_min=MINUTES,
        priority=Job.Priority.MUST,
        due_at=at + WITHIN,
        by=SYSTEM,
        at=at,
    )


@background.handler(TELL)
def tell_in_background(context: background.JobContext) -> dict[str, Any]:
    """Send the steward a message through the first channel that is in use.

    Without a channel or a telephone the job on the phone is all that he gets. The message says
    where, never who.
    """
    told = context.payload
    person = Person.objects.get(number=told["person"])
    kinds = (Channel.Kind.WEBHOOK, Channel.Kind.SMS)
    channel = Channel.objects.filter(is_active=True, kind__in=kinds).order_by("code").first()
    phone = mobile(person.phone)
    if channel is None or not phone:
        return {"told": False}
    event = Event.objects.select_related("camera").get(number=told["event"])
    where = f"{event.camera.line_name} {event.camera.span}"
    text = f"【线路守护】{where}下有人停留，请尽快到场劝离。工单 {told['job']}，画面见手机工单。"
    message = Message(number=event.number, phone=phone, text=text)
    # Perhaps an earlier attempt got through: the channel is asked first, every time.
    outcome = carrier_of(channel, context).hand_over(event.number, [message], again=True)
    is_told = not outcome.refused
    if is_told:
        how = f"{BY_JOB}、{channel.name}"
        events.note_told(event=event, name=person.name, how=how, at=context.clock())
    return {"told": is_told}
