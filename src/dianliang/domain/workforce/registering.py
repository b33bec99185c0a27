"""Write down who serves, as what, when he can come, and who answers for him."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce import keys
from dianliang.domain.workforce.availability import Slot
from dianliang.domain.workforce.models import (
    Absence,
    Guardian,
    Person,
    PersonMerge,
    PersonRole,
    RoleKind,
    WeeklySlot,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.masking import mask_name
from dianliang.kernel.phrases import Phrase

PARTY_MEMBER = "party_member"
OLDEST = 110
MOST_SLOTS = 28


class UnableToRegisterError(DomainError):
    """The person cannot be written down like this; `field` names what is wrong."""

    code = "workforce.unable-to-register"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianDetails:
    """Who answers for a minor, and when he agreed."""

    name: str
    phone: str
    relation: str
    agreed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a person. Texts are clean; an identity card tells the birthday by itself."""

    name: str
    unit: Unit
    phone: str = ""
    title: str = ""
    document_kind: str = ""
    document: str = ""
    born_on: date | None = None
    guardian: GuardianDetails | None = None


@transaction.atomic
def register_person(
    *, details: Details, by: Actor, at: datetime, number: str = "", is_generated: bool = False
) -> Person:
    """Write a new person down (登记人员); without a number he gets the next one.

    Raises:
        UnableToRegisterError: the number or the document is somebody's already, or a minor has no
            guardian who agreed.
    """
    number = number or next_number("RY", at=at)
    if (
        Person.objects.filter(number=number).exists()
        or PersonMerge.objects.filter(gone_number=number).exists()
    ):
        message = Phrase(
            "人员编号 %(number)s 已有人使用，请换一个或留空由系统编号。", number=number
        )
        raise UnableToRegisterError(message, field="number")
    person = Person(number=number, is_generated=is_generated)
    _fill(person, details, on=_day(at))
    _store(person)
    _keep_guardian(person, details, on=_day(at), is_new=True)
    audit.record("workforce.person.register", target=person, by=by, at=at, after=person.unit.code)
    return person


@transaction.atomic
def amend_person(*, person: Person, details: Details, by: Actor, at: datetime) -> Person:
    """Put what is known of a person right.

    Raises:
        UnableToRegisterError: the document is somebody else's, a minor has no guardian, or the
            person was merged into another meanwhile.
    """
    person = _held(person)
    before = (person.whole_name, person.phone, person.unit_id, person.title, person.document)
    _fill(person, details, on=_day(at))
    _store(person)
    _keep_guardian(person, details, on=_day(at), is_new=False)
    after = (person.whole_name, person.phone, person.unit_id, person.title, person.document)
    labels = ("姓名", "电话", "单位", "岗位", "证件")
    changed = [word for word, a, b in zip(labels, before, after, strict=True) if a != b]
    words = "、".join(changed) or "其他"
    audit.record("workforce.person.amend", target=person, by=by, at=at, reason=words)
    return person


@transaction.atomic
def give_role(
    *,
    person: Person,
    kind: RoleKind,
    valid_from: date,
    valid_until: date | None,
    note: str,
    by: Actor,
    at: datetime,
) -> PersonRole:
    """Note that a person serves as something from a day on (登记身份).

    Raises:
        UnableToRegisterError: he does already in that time, or the days make no sense.
    """
    if valid_until is not None and valid_until < valid_from:
        raise UnableToRegisterError("身份的止日不能早于起日。", field="valid_until")
    _held(person)
    others = PersonRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from))
    others = others.filter(person=person, kind=kind)
    if valid_until is not None:
        others = others.filter(valid_from__lte=valid_until)
    present = others.first()
    if present is not None:
        until = present.valid_until or "今后"
        message = Phrase(
            "%(person)s在 %(valid_from)s 至 %(until)s 已是%(kind)s，不用再登记。",
            person=person.name,
            valid_from=present.valid_from,
            until=until,
            kind=kind.name,
        )
        raise UnableToRegisterError(message, field="valid_from")
    role = PersonRole.objects.create(
        person=person, kind=kind, valid_from=valid_from, valid_until=valid_until, note=note
    )
    if kind.code == PARTY_MEMBER:
        _keep_party_flag(person, on=_day(at))
    audit.record(
        "workforce.person.give_role",
        target=person,
        by=by,
        at=at,
        after=kind.name,
        reason=f"{valid_from} 起",
    )
    return role


@transaction.atomic
def end_role(*, role: PersonRole, on: date, by: Actor, at: datetime) -> PersonRole:
    """Note the last day on which a person serves as something.

    Raises:
        UnableToRegisterError: it lies before the first, or it has ended before.
    """
    if on < role.valid_from:
        message = Phrase(
            "%(name)s自 %(valid_from)s 起，最后一天不能更早。",
            name=role.kind.name,
            valid_from=role.valid_from,
        )
        raise UnableToRegisterError(message, field="on")
    if role.valid_until is not None and role.valid_until <= on:
        message = Phrase(
            "%(name)s已于 %(valid_until)s 结束。", name=role.kind.name, valid_until=role.valid_until
        )
        raise UnableToRegisterError(message, field="on")
    PersonRole.objects.filter(pk=role.pk).update(valid_until=on)
    role.valid_until = on
    if role.kind.code == PARTY_MEMBER:
        _keep_party_flag(role.person, on=_day(at))
    audit.record(
        "workforce.person.end_role",
        target=role.person,
        by=by,
        at=at,
        before=role.kind.name,
        reason=f"至 {on}",
    )
    return role


@transaction.atomic
def tell_hours(
    *, person: Person, slots: Iterable[Slot], by: Actor, at: datetime
) -> tuple[WeeklySlot, ...]:
    """Write down at which hours of the week a person can come; none means at any time.

    Raises:
        UnableToRegisterError: hours end before they begin, overlap, or are too many.
    """
    asked = sorted(set(slots))
    if len(asked) > MOST_SLOTS:
        raise UnableToRegisterError(
            Phrase("每周时段最多 %(most_slots)s 个，请合并。", most_slots=MOST_SLOTS), field="slots"
        )
    for weekday, starts, ends in asked:
        if ends <= starts:
            label = WeeklySlot.Weekday(weekday).label
            message = Phrase(
                "%(label)s %(starts)s–%(ends)s 的结束应晚于开始。",
                label=Phrase(label),
                starts=f"{starts:%H:%M}",
                ends=f"{ends:%H:%M}",
            )
            raise UnableToRegisterError(message, field="slots")
    for before, after in pairwise(asked):
        if before[0] == after[0] and after[1] < before[2]:
            label = WeeklySlot.Weekday(after[0]).label
            message = Phrase(
                "%(label)s的两个时段重叠：%(one)s 与 %(two)s，请合并。",
                label=Phrase(label),
                one=f"{before[1]:%H:%M}–{before[2]:%H:%M}",
                two=f"{after[1]:%H:%M}–{after[2]:%H:%M}",
            )
            raise UnableToRegisterError(message, field="slots")
    _held(person)
    WeeklySlot.objects.filter(person=person).delete()
    rows = WeeklySlot.objects.bulk_create(
        WeeklySlot(person=person, weekday=day, starts=a, ends=b) for day, a, b in asked
    )
    audit.record(
        "workforce.person.tell_hours", target=person, by=by, at=at, after=f"{len(rows)} 个时段"
    )
    return tuple(rows)


@transaction.atomic
def cancel_absence(*, absence: Absence, by: Actor, at: datetime) -> None:
    """Take an absence back that has not ended yet.

    Raises:
        UnableToRegisterError: it is over; what was stays.
    """
    if absence.last_on < _day(at):
        raise UnableToRegisterError("这段缺勤已经过去，不能撤销。", field="absence")
    span = f"{absence.first_on}–{absence.last_on} {absence.reason}"
    audit.record(
        "workforce.person.cancel_absence", target=absence.person, by=by, at=at, before=span
    )
    absence.delete()


@transaction.atomic
def release_grown_up(*, on: date, by: Actor, at: datetime) -> int:
    """Let those who have come of age be people like all others; return how many.

    The guardian's details are no longer needed, and go.
    """
    grown = list(Person.objects.filter(minor_until__lte=on))
    for person in grown:
        person.name, person.full_name = person.whole_name, ""
        person.minor_until = None
        person.save(update_fields=["name", "full_name", "minor_until"])
        Guardian.objects.filter(person=person).delete()
        audit.record("workforce.person.come_of_age", target=person, by=by, at=at)
    return len(grown)


def follow_party_roles(*, on: date) -> int:
    """Let the flag follow roles that have begun or ended by themselves; return of how many.

    Whoever was marked without a role, as old tables do, stays as he is.
    """
    now = Exists(_party_members(on).filter(person=OuterRef("pk")))
    told = Person.objects.filter(roles__kind__code=PARTY_MEMBER).distinct()
    begun = Person.objects.filter(pk__in=told.filter(now, is_party_member=False).values("pk"))
    ended = Person.objects.filter(pk__in=told.filter(~now, is_party_member=True).values("pk"))
    return begun.update(is_party_member=True) + ended.update(is_party_member=False)


def _held(person: Person) -> Person:
    """Return a person as he is, and let nobody else change or merge him meanwhile."""
    held = Person.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()
    if held is None:
        raise UnableToRegisterError(
            Phrase(
                "%(person)s（%(person_number)s）刚被他人合并，请刷新后再看。",
                person=person.name,
                person_number=person.number,
            )
        )
    return held


def _store(person: Person) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:  # of two with one number or document the first is kept
        message = "这个编号或证件号码刚被他人登记，请刷新后核对。"
        raise UnableToRegisterError(message) from error


def _fill(person: Person, details: Details, *, on: date) -> None:
    document = keys.checked_document(details.document_kind, details.document)
    index = keys.document_key(details.document_kind, document)
    other = Person.objects.filter(document_index=index, document_kind=details.document_kind)
    other = other.exclude(pk=person.pk) if index else other.none()
    known = other.first()
    if known is not None:
        same_unit = known.unit.path.startswith(details.unit.path)
        who = f"{known.name}（{known.number}）" if same_unit else "其他单位的人员"
        message = Phrase("这个证件号码已登记在%(who)s名下，请核对，或在“疑似重复”中合并。", who=who)
        raise UnableToRegisterError(message, field="document")
    born_on = keys.born_of(details.document_kind, document) or details.born_on
    if born_on is not None and not 0 <= (on - born_on).days <= OLDEST * 366:
        raise UnableToRegisterError("出生日期不合理，请核对。", field="born_on")
    minor_until = keys.protected_until(born_on) if born_on else None
    is_minor = minor_until is not None and minor_until > on
    person.name = mask_name(details.name) if is_minor else details.name
    person.full_name = details.name if is_minor else ""
    person.minor_until = minor_until if is_minor else None
    person.born = born_on.isoformat() if born_on else ""
    person.phone, person.phone_index = details.phone, keys.phone_key(details.phone)
    person.document, person.document_index = document, index
    person.document_kind = details.document_kind if document else ""
    person.unit, person.title = details.unit, details.title


def _keep_guardian(person: Person, details: Details, *, on: date, is_new: bool) -> None:
    if person.minor_until is None:
        if not is_new:
            Guardian.objects.filter(person=person).delete()
        return
    told = details.guardian
    if told is not None and told.agreed_on > on:
        raise UnableToRegisterError("监护人同意日期不能晚于今天。", field="agreed_on")
    if told is None or not told.name or not told.phone:
        message = Phrase(
            "%(person)s未满 18 周岁，请填写监护人姓名、电话和同意日期。", person=person.name
        )
        raise UnableToRegisterError(message, field="guardian")
    if told.agreed_on > on:
        raise UnableToRegisterError("监护人同意日期不能晚于今天。", field="agreed_on")
    Guardian.objects.update_or_create(
        person=person,
        defaults={
            "name": told.name,
            "phone": told.phone,
            "relation": told.relation or "监护人",
            "agreed_on": told.agreed_on,
        },
    )


def _keep_party_flag(person: Person, *, on: date) -> None:
    """Keep the flag in step with the role: the role is what was told, the flag what lists read."""
    person.is_party_member = _party_members(on).filter(person=person).exists()
    Person.objects.filter(pk=person.pk).update(is_party_member=person.is_party_member)


def _party_members(on: date) -> QuerySet[PersonRole]:
    return PersonRole.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), kind__code=PARTY_MEMBER, valid_from__lte=on
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
