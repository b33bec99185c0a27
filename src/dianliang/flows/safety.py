"""From an inspection to a hazard that is proved to be right: what needs several rooms at once."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import HazardClass, Skill
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.safety import queries
from dianliang.domain.safety.lifecycle import OVERDUE
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.safety.operations.rectifying import UnableToMoveHazardError
from dianliang.domain.territory.queries import area_of
from dianliang.domain.work import access as work_access
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs
from dianliang.domain.work.operations.visits import UnableToCompleteError
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

SERVICE = "PWR-SAFETY"
SKILL = "inspect"
ENDS_AT = time(17, 30)
MINUTES = {"household": 30, "stairwell": 25, "pump_house": 40, "school": 120, "farm": 60}
RECHECK_MINUTES = 20
RECHECK_WITHIN = {
    HazardClass.GENERAL: timedelta(days=7),
    HazardClass.MAJOR: timedelta(days=3),
    HazardClass.GRAVE: timedelta(days=1),
}
"""How soon somebody looks again after it was said to be right."""
PRIORITIES = {
    HazardClass.GENERAL: Job.Priority.SHOULD,
    HazardClass.MAJOR: Job.Priority.SHOULD,
    HazardClass.GRAVE: Job.Priority.MUST,
}
AT_ONCE = 500


@transaction.atomic
def order_inspection(
    *,
    kind: str,
    area_code: str,
    address: str,
    customer: str = "",
    due_on: date,
    by: Actor,
    at: datetime,
) -> Job:
    """Open a job whose visit fills in a checklist; the planner routes it with the others (排检查).

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    found = checklists.checklist(kind)
    if found is None:
        raise InvalidInputError("没有这种检查清单，请重新选择。", field="kind")
    area = area_of(area_code)
    if area is None or area.lat is None or area.lon is None:
        raise InvalidInputError("没有这个村社区，或它没有坐标。", field="area")
    due_at = datetime.combine(due_on, ENDS_AT, SHANGHAI)
    if due_at <= at:
        raise InvalidInputError("完成日期应在今天以后。", field="due_on")
    client = _customer(customer, by=by)
    service = active_service(SERVICE)
    unit = client.unit if client and client.unit else unit_for(service=service, area=area)[0]
    if not by.reaches_unit(unit.path):
        raise InvalidInputError("这里不归您的单位检查。", field="area")
    point = GeoPoint(area.lat, area.lon)
    if client and client.lat is not None and client.lon is not None:
        point = GeoPoint(client.lat, client.lon)
    return jobs.open_job(
        title=found.name,
        service=service,
        inspects=found,
        area=client.area if client else area,
        point=point,
        unit=unit,
        customer=client,
        address=clean_text(address, field="address", label="地址", most=200),
        duration_min=MINUTES.get(kind, 45),
        due_at=due_at,
        by=by,
        at=at,
    )


def _customer(number: str, *, by: Actor) -> Customer | None:
    number = clean_text(number, field="customer", label="客户编号", most=24)
    if not number:
        return None
    client = Customer.objects.select_related("unit", "area").filter(number=number).first()
    if client is None or (client.unit and not by.reaches_unit(client.unit.path)):
        raise InvalidInputError("没有这个客户编号。", field="customer")
    return client


@transaction.atomic
def claim(
    *,
    hazard: Hazard,
    photo: StoredFile | None,
    words: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Hazard:
    """Take somebody's word that a hazard was put right; the re-check opens by itself.

    Raises:
        EvidenceMissingError, IllegalTransitionError: see the operation.
    """
    words = clean_text(words, field="words", label="整改说明", most=300)
    _lock([hazard.inspection_id])
    rectifying.rectify(hazard=hazard, photo=photo, words=words, by=by, at=at, device_at=device_at)
    job = _recheck_job(hazard, at=at)
    return rectifying.plan_recheck(hazard=hazard, job=job, by=by, at=at)


def _lock(inspections: Collection[int]) -> None:
    """Let hazards of one inspection get their re-check one after the other, so that they share it.

    In the order of their keys: two that lock several never wait for each other.
    """
    rows = Inspection.objects.select_for_update(no_key=True).filter(pk__in=inspections)
    list(rows.order_by("pk").values_list("pk"))


def _recheck_job(hazard: Hazard, *, at: datetime) -> Job:
    """Return the job that looks again: that of a neighbour hazard which waits, or a new one."""
    siblings = Hazard.objects.filter(
        inspection=hazard.inspection_id, status="RECHECK", recheck_job__status="OPEN"
    )
    known = siblings.select_related("recheck_job").exclude(pk=hazard.pk).first()
    grade = HazardClass(hazard.hazard_class)
    if known is not None and known.recheck_job is not None:
        if grade is HazardClass.GRAVE:
            jobs.reprioritise(job=known.recheck_job, priority=PRIORITIES[grade], by=SYSTEM, at=at)
        return known.recheck_job
    found_by = hazard.inspection.visit
    source = found_by.job
    return jobs.open_job(
        title=f"隐患复查：{hazard.area.name}",
        skill=Skill.objects.filter(code=SKILL).first(),
        area=hazard.area,
        point=GeoPoint(hazard.lat, hazard.lon),
        unit=hazard.unit,
        customer=hazard.customer,
        address=source.address,
        duration_min=RECHECK_MINUTES,
        priority=PRIORITIES[grade],
        due_at=_recheck_due(hazard, at=at),
        preferred_team=found_by.team,
        by=SYSTEM,
        at=at,
    )


def _recheck_due(hazard: Hazard, *, at: datetime) -> datetime:
    """Look again before the deadline, and soon; after it, as soon as the class demands."""
    soon = at + RECHECK_WITHIN[HazardClass(hazard.hazard_class)]
    on = min(soon, hazard.due_at) if hazard.due_at > at + timedelta(days=1) else soon
    return datetime.combine(on.astimezone(SHANGHAI).date(), ENDS_AT, SHANGHAI)


@transaction.atomic
def open_repair(*, hazard: Hazard, by: Actor, at: datetime) -> Job:
    """Open a job for us to put a hazard right; it is under way with that (开整改工单).

    Raises:
        UnableToMoveHazardError: somebody else has to put it right, or a job is open already.
    """
    if hazard.party != "us":
        raise UnableToMoveHazardError("这条隐患不由供电单位整改。")
    if hazard.repair_job is not None and hazard.repair_job.status not in {"DONE", "CANCELLED"}:
        raise UnableToMoveHazardError(
            Phrase("已有整改工单 %(number)s。", number=hazard.repair_job.number)
        )
    job = jobs.open_job(
        title=f"消除隐患：{hazard.item}",
        detail=hazard.advice,
        service=active_service("PWR-HAZARD"),
        area=hazard.area,
        point=GeoPoint(hazard.lat, hazard.lon),
        unit=hazard.unit,
        customer=hazard.customer,
        address=hazard.inspection.visit.job.address,
        priority=PRIORITIES[HazardClass(hazard.hazard_class)],
        due_at=hazard.due_at if hazard.due_at > at else at + timedelta(days=1),
        by=by,
        at=at,
    )
    rectifying.start(hazard=hazard, repair_job=job, by=by, at=at)
    return job


def judge(
    *,
    hazard: Hazard,
    passed: bool,
    photo: StoredFile | None,
    words: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Hazard:
    """Say what a re-check has found: right, with its photo, or still wrong, with words.

    Raises:
        EvidenceMissingError, UnableToMoveHazardError, IllegalTransitionError: see the operations.
    """
    words = clean_text(words, field="words", label="复查说明", most=200)
    if passed:
        return rectifying.close(
            hazard=hazard, photo=photo, words=words, by=by, at=at, device_at=device_at
        )
    return rectifying.fail(hazard=hazard, words=words, by=by, at=at, device_at=device_at)


@transaction.atomic
def release_recheck(*, hazard: Hazard, by: Actor, at: datetime) -> None:
    """Give up the re-check of a hazard that ended at the desk, unless others wait for it too.

    Raises:
        UnableToMoveHazardError: a team is to go there and says itself what it sees.
    """
    job = hazard.recheck_job
    if job is None or job.status in {"DONE", "CANCELLED"}:
        return
    if Hazard.objects.filter(recheck_job=job, status="RECHECK").exclude(pk=hazard.pk).exists():
        return
    if job.status == "SCHEDULED":
        raise UnableToMoveHazardError("复查已排给队伍，由队伍在现场销号；或先从计划里移出。")
    jobs.cancel(job=job, reason=f"{hazard.number} 已办结", by=SYSTEM, at=at)


def require_judged(*, visit: Visit) -> None:
    """Refuse to finish a visit that leaves a hazard of it, or its own checklist, unanswered.

    Raises:
        UnableToCompleteError: the first that is open is named.
    """
    if visit.job.inspects_id and not queries.inspected([visit.pk]):
        raise UnableToCompleteError("检查清单还没有填，请先完成检查记录。", field="inspection")
    for task in queries.to_check([visit.job_id]).get(visit.job_id, ()):
        said = "复查结果" if task.task == "recheck" else "整改照片"
        message = Phrase("隐患 %(number)s 还没有%(said)s。", number=task.number, said=Phrase(said))
        raise UnableToCompleteError(message, field="hazards")


def own_hazard(number: str, *, visit: Visit, task: str = "") -> Hazard:
    """Return a hazard that a visit has to put right or to look at again.

    `task` is ``repair`` or ``recheck`` where only one of them will do.

    Raises:
        NotVisibleError: the visit has no such hazard, or not for this task.
    """
    related = ("before", "claim", "area", "unit", "customer", "inspection__visit__job")
    rows = Hazard.objects.select_related(*related, "inspection__visit__team")
    is_for = {"repair": Q(repair_job=visit.job_id), "recheck": Q(recheck_job=visit.job_id)}
    wanted = is_for[task] if task else is_for["repair"] | is_for["recheck"]
    found = rows.filter(wanted, number=number).first()
    if found is None:
        raise NotVisibleError(
            Phrase(
                "上门单 %(visit)s 没有隐患 %(number)s。",
                visit=visit.number,
                number=number,
            )
        )
    return found


def before_picture(*, number: str, visit: str, by: Actor) -> bytes:
    """Return a small picture of a hazard for the team that is to look at it again.

    Raises:
        NotVisibleError: not the actor's visit, or not a hazard of it.
    """
    own = work_access.visit_of_own_team(visit, by=by)
    return files.small(own_hazard(number, visit=own).before)


def escalate_overdue(*, at: datetime) -> int:
    """Escalate what was not put right by its deadline; return how many hazards that were."""
    due = Hazard.objects.filter(status__in=OVERDUE, due_at__lt=at)
    escalated = 0
    for hazard in due.order_by("due_at")[:AT_ONCE]:
        days = max(1, (at - hazard.due_at).days)
        reason = f"超过整改期限 {days} 天，未收到整改照片。"
        try:
            rectifying.escalate(hazard=hazard, reason=reason, by=SYSTEM, at=at)
        except StaleStateError:  # it was put right just now, which is better
            continue
        escalated += 1
    return escalated


@transaction.atomic
def renew_rechecks(*, at: datetime) -> int:
    """Open a new re-check where the old one was given up; return how many hazards that were."""
    lost = Hazard.objects.filter(status="RECHECK", recheck_job__status__in=["CANCELLED", "DONE"])
    _lock(list(lost.order_by("due_at").values_list("inspection_id", flat=True)[:AT_ONCE]))
    related = ("area", "unit", "customer", "recheck_job", "inspection__visit__job")
    lost = lost.select_related(*related, "inspection__visit__team")
    hazards = list(lost.order_by("due_at")[:AT_ONCE])
    for hazard in hazards:
        job = _recheck_job(hazard, at=at)
        rectifying.replan_recheck(hazard=hazard, job=job, by=SYSTEM, at=at)
    return len(hazards)
