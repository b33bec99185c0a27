"""Every write about who is on duty: check-in, absence, swap."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.models import Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce import crews, gate, keys
from dianliang.domain.workforce.lifecycle import GRID_WORKER
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    GridWorker,
    Membership,
    Person,
    Team,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

REASON_MAX = 80
LONGEST_ABSENCE_DAYS = 366
GRID_SKILL = "grid"
LEAST_TRAINING_H = 8
"""Our own default: a day of training before the certificate; the company may ask for more."""


class UnableToCheckInError(DomainError):
    """This person cannot be on duty with this team on this day."""

    code = "workforce.unable-to-check-in"


class UnableToSwapError(DomainError):
    """The crew would lack something that its day needs."""

    code = "workforce.unable-to-swap"


class UnableToReportAbsenceError(DomainError):
    """The absence has no reason, or no sensible length."""

    code = "workforce.unable-to-report-absence"


class UnableToPlaceError(DomainError):
    """A step on the way to a grid cell lacks what it needs."""

    code = "workforce.unable-to-place"


@transaction.atomic
def check_in(
    *,
    team: Team,
    person: Person,
    on: date,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
    point: GeoPoint | None = None,
    accuracy_m: int | None = None,
    needed_skills: Collection[str] = (),
) -> Attendance:
    """Note that a member is on duty with a team today (签到). A second time changes nothing.

    `point` is where the phone says that it was. It is kept to some ten metres. `needed_skills` are
    the codes that the day's visits call for: a crew none of whom may use one does not go out.

    Raises:
        UnableToCheckInError: the person is away, belongs elsewhere that day, or the crew lacks a
            certificate that the day needs.
    """
    if crews.is_absent(person, on=on):
        raise UnableToCheckInError(Phrase("%(person)s当日请假，不能签到。", person=person.name))
    row = Attendance.objects.select_for_update().filter(person=person, on=on).first()
    if row is None and not crews.is_member(person, team=team, on=on):
        raise UnableToCheckInError(
            Phrase("%(person)s不是%(team)s的队员，请用“换人”。", person=person.name, team=team.name)
        )
    if row is not None and row.team_id != team.pk:
        raise UnableToCheckInError(
            Phrase(
                "%(person)s当日已在%(name)s，不能再签到。", person=person.name, name=row.team.name
            )
        )
    if row is not None and row.checked_in_at:
        return row
    lacks = gate.team_lacks(team, needed_skills, on, with_person=person)
    if lacks:
        message = Phrase(
            "%(team)s当日的上门需要下列证书，不能签到：%(lacks)s"
            "也可以换一位持证人员，或请调度员改派。",
            team=team.name,
            lacks=gate.told(lacks),
        )
        raise UnableToCheckInError(message)
    seen_at = min(device_at, at) if device_at else at
    seen = {
        "checked_in_at": seen_at,
        "lat": round(point.lat, 4) if point else None,
        "lon": round(point.lon, 4) if point else None,
        "accuracy_m": accuracy_m if point else None,
    }
    row, _ = Attendance.objects.update_or_create(
        person=person, on=on, defaults={"team": team, **seen}
    )
    _note("check_in", person, team=team, by=by, at=at, device_at=device_at)
    return row


@transaction.atomic
def swap(
    *,
    team: Team,
    leaving: Person,
    coming: Person,
    on: date,
    needed_skills: Collection[str],
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Attendance:
    """Let `coming` stand in for `leaving` for a day (换人).

    `needed_skills` are the codes that the day's visits call for; the crew after the swap must
    hold each with a certificate that is valid on that day.

    Raises:
        UnableToSwapError: one is not available, or a needed skill would be missing.
    """
    stood_in = Attendance.objects.filter(person=leaving, team=team, on=on).first()
    if stood_in is None and not crews.is_member(leaving, team=team, on=on):
        raise UnableToSwapError(
            Phrase("%(leaving)s当日不在%(team)s。", leaving=leaving.name, team=team.name),
            field="leaving",
        )
    _require_free(coming, team=team, on=on)
    held = set(crews.skills_of(coming, on=on))
    for member in crews.crew(team, on=on):
        held |= member.skills if member.number != leaving.number else set()
    missing = crews.skill_names(set(needed_skills) - held)
    if missing:
        names = "、".join(missing)
        message = Phrase(
            "换人后无人持有当日需要的有效证书：%(names)s。请换一位持证人员。", names=names
        )
        raise UnableToSwapError(message, field="coming")
    replaced = stood_in.replaces if stood_in and stood_in.replaces else leaving
    if stood_in:
        stood_in.delete()
    row = Attendance.objects.create(person=coming, team=team, on=on, replaces=replaced)
    why = f"替换{leaving.name}（{leaving.number}）"
    _note("swap", coming, team=team, by=by, at=at, device_at=device_at, reason=why)
    return row


@transaction.atomic
def report_absence(
    *,
    person: Person,
    first_on: date,
    last_on: date,
    reason: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Absence:
    """Note that somebody is away for whole days (缺勤); the same report twice is one absence.

    Raises:
        UnableToReportAbsenceError: no reason, or the days make no sense.
    """
    words = reason.strip()
    if not words or len(words) > REASON_MAX:
        message = Phrase("请写明缺勤原因，不超过 %(reason_max)s 字。", reason_max=REASON_MAX)
        raise UnableToReportAbsenceError(message, field="reason")
    if not 0 <= (last_on - first_on).days <= LONGEST_ABSENCE_DAYS:
        raise UnableToReportAbsenceError("缺勤的止日不能早于起日，且不超过一年。", field="last_on")
    _hold_teams(person)
    row, is_new = Absence.objects.get_or_create(
        person=person, first_on=first_on, last_on=last_on, defaults={"reason": words}
    )
    if is_new:
        span = f"{first_on}–{last_on} {words}"
        audit.record(
            "workforce.person.report_absence",
            target=person,
            by=by,
            at=at,
            device_at=device_at,
            reason=span,
        )
    return row


def _hold_teams(person: Person) -> None:
    """Come before or after whoever gives the person's teams work, so that he learns of it."""
    own = Membership.objects.filter(person=person).values("team")
    rows = Team.objects.select_for_update(no_key=True).filter(pk__in=own)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _require_free(coming: Person, *, team: Team, on: date) -> None:
    if not coming.is_active:
        raise UnableToSwapError(Phrase("%(coming)s不在岗。", coming=coming.name), field="coming")
    if crews.is_absent(coming, on=on):
        raise UnableToSwapError(Phrase("%(coming)s当日请假。", coming=coming.name), field="coming")
    row = Attendance.objects.filter(person=coming, on=on).select_related("team").first()
    if row is not None:
        raise UnableToSwapError(
            Phrase("%(coming)s当日已在%(name)s。", coming=coming.name, name=row.team.name),
            field="coming",
        )
    if crews.is_member(coming, team=team, on=on):
        raise UnableToSwapError(
            Phrase("%(coming)s本来就在%(team)s，不用换。", coming=coming.name, team=team.name),
            field="coming",
        )


def _note(
    verb: str,
    person: Person,
    *,
    team: Team,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
    reason: str = "",
) -> None:
    audit.record(
        f"workforce.person.{verb}",
        target=person,
        by=by,
        at=at,
        after=team.code,
        reason=reason,
        device_at=device_at,
    )


@transaction.atomic
def recruit(*, name: str, phone: str, unit: Unit, on: date, by: Actor, at: datetime) -> GridWorker:
    """Take in somebody who will look after a grid cell (招募网协员)."""
    person = Person.objects.create(
        number=next_number("WX", at=at),
        name=name,
        phone=phone,
        phone_index=keys.phone_key(phone),
        unit=unit,
        title="网协员",
    )
    worker = GridWorker.objects.create(person=person, recruited_on=on)
    audit.record("workforce.gridworker.recruit", target=worker, by=by, at=at, after=worker.status)
    return worker


@transaction.atomic
def train(*, worker: GridWorker, hours: int, on: date, by: Actor, at: datetime) -> GridWorker:
    """Note the training (培训).

    Raises:
        UnableToPlaceError: it was too short, or before the person was recruited.
    """
    if hours < LEAST_TRAINING_H:
        message = Phrase(
            "培训学时至少 %(least_training_h)s 小时，现填 %(hours)s。",
            least_training_h=LEAST_TRAINING_H,
            hours=hours,
        )
        raise UnableToPlaceError(message, field="hours")
    if on < worker.recruited_on:
        message = Phrase(
            "培训日期不能早于招募日期 %(recruited_on)s。", recruited_on=worker.recruited_on
        )
        raise UnableToPlaceError(message, field="on")
    changes = {"trained_on": on, "training_h": hours}
    return _step(worker, "train", by=by, at=at, note=f"{hours} 学时", **changes)


@transaction.atomic
def certify(
    *,
    worker: GridWorker,
    issued_on: date,
    expires_on: date,
    by: Actor,
    at: datetime,
) -> GridWorker:
    """Give a certificate for grid work, or a new one (发证、续证).

    Raises:
        UnableToPlaceError: its days make no sense, or the same one was given before.
    """
    if expires_on <= issued_on:
        raise UnableToPlaceError("证书的失效日期应晚于发证日期。", field="expires_on")
    skill = Skill.objects.get(code=GRID_SKILL)
    _, is_new = Certificate.objects.get_or_create(
        person=worker.person, skill=skill, issued_on=issued_on, defaults={"expires_on": expires_on}
    )
    if not is_new:
        message = Phrase(
            "%(name)s在 %(issued_on)s 已发过此证，请核对发证日期。",
            name=worker.person.name,
            issued_on=issued_on,
        )
        raise UnableToPlaceError(message, field="issued_on")
    verb = "certify" if worker.status == "TRAINED" else "renew"
    return _step(worker, verb, by=by, at=at, note=f"有效至 {expires_on}")


@transaction.atomic
def place(*, worker: GridWorker, area: Area, on: date, by: Actor, at: datetime) -> GridWorker:
    """Put somebody on a grid cell (上格), with a certificate that is valid on that day.

    Raises:
        UnableToPlaceError: the certificate has expired, or the cell has somebody.
    """
    lacks = gate.qualified(worker.person, [GRID_SKILL], on)
    if lacks:
        raise UnableToPlaceError(gate.told(lacks), field="area")
    present = GridWorker.objects.filter(area=area).exclude(pk=worker.pk).first()
    if present is not None:
        raise UnableToPlaceError(
            Phrase("%(area)s已有网协员%(name)s。", area=area.name, name=present.person.name),
            field="area",
        )
    return _step(worker, "place", by=by, at=at, note=area.name, area=area, placed_on=on)


@transaction.atomic
def withdraw(*, worker: GridWorker, reason: str, by: Actor, at: datetime) -> GridWorker:
    """Take somebody off his cell (离格)."""
    return _step(worker, "withdraw", by=by, at=at, note=reason, area=None, placed_on=None)


@transaction.atomic
def leave(*, worker: GridWorker, reason: str, by: Actor, at: datetime) -> GridWorker:
    """Note that somebody has given up (退出); the cell is free again."""
    left_on = at.astimezone(SHANGHAI).date()
    Person.objects.filter(pk=worker.person_id).update(is_active=False, left_on=left_on)
    return _step(worker, "leave", by=by, at=at, note=reason, area=None, placed_on=None)


def _step(
    worker: GridWorker, verb: str, *, by: Actor, at: datetime, note: str, **changes: Any
) -> GridWorker:
    return transitions.apply(
        worker, verb, lifecycle=GRID_WORKER, by=by, at=at, note=note, changes=changes
    )
