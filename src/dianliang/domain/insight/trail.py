"""The audit trail as its readers see it: filtered, newest first, page by page.

Who sees what: an event belongs to the unit that its actor acted for, and whoever audits that unit
or one above sees it, as with everything else. A log-in happens before there is a unit, so it
belongs to the units of its account. What no unit did (residents, the system, commands) belongs to
the house: its auditor acts for a unit without one above. Of an object that one may see, one sees
the whole history.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from dianliang.core import seal
from dianliang.core.models import AuditEvent, User
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.insight import deeds
from dianliang.domain.intake import access
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.kernel.actor import ROLE_LABELS, Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_logins, mask_numbers_of_people

READERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
PER_PAGE = 50
AT_ONCE = 2000
LARGEST_NUMBER = 2**63 - 1
TRAIL = AuditEvent._meta.label_lower
OF_ACCOUNT = "user:"
READINGS = (f"{TRAIL}.read", f"{TRAIL}.open")
"""What looking at the trail itself leaves on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which events are asked for. `number` names an object: then the period does not matter.

    `kind` narrows a number that objects of several kinds may have. `folds_own` leaves out the
    asker's own readings of the trail, which would otherwise be all that he finds on top of it.
    """

    start: datetime
    end: datetime
    who: str = ""
    role: str = ""
    action: str = ""
    outcome: str = ""
    number: str = ""
    kind: str = ""
    folds_own: bool = False

    @property
    def can_fold(self) -> bool:
        """Tell whether own readings may be left out: not when an object or a deed is named."""
        return not self.number and not self.action


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event in words, long numbers starred. `has_history`: its object can be asked for."""

    number: int
    at: datetime
    device_at: datetime | None
    actor_id: str
    actor_name: str
    role_label: str
    unit_name: str
    verb: str
    action: str
    kind: str
    target_type: str
    object_number: str
    has_history: bool
    before: str
    after: str
    reason: str
    outcome: str
    outcome_label: str

    @property
    def lag_s(self) -> int:
        """Return how many seconds lie between the device's time and the server's."""
        return abs(round((self.at - (self.device_at or self.at)).total_seconds()))

    @property
    def is_device_ahead(self) -> bool:
        """Tell whether the device's clock said later than the server's."""
        return self.device_at is not None and self.device_at > self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the trail; `older_than` asks for the next one, None at the end.

    `own_readings` is how many events of the whole answer are the asker's own readings.
    """

    entries: tuple[Entry, ...]
    older_than: int | None
    own_readings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One event with the seal over it, None while it waits for one."""

    entry: Entry
    cover: seal.Cover | None


def page(asked: Asked, *, by: Actor, older_than: int | None = None) -> Page:
    """Return the newest events, or those that come after an event of the page before.

    The place in the list is the event itself, so that events that arrive meanwhile move nothing.
    """
    last = _last_seen(older_than)
    rows = _events(asked, by=by) if last is None else _after(last, asked=asked, by=by)
    found = list(rows[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return Page(
        entries=tuple(_entries(shown)),
        older_than=shown[-1].pk if len(found) > PER_PAGE else None,
        own_readings=_own_readings(asked, by=by),
    )


def _own_readings(asked: Asked, *, by: Actor) -> int:
    if not asked.can_fold:
        return 0
    rows = _events(replace(asked, folds_own=False), by=by)
    return rows.filter(_is_own_reading(by)).count()


def _is_own_reading(by: Actor) -> Q:
    return Q(verb__in=READINGS, actor_id=by.id)


def is_longer_than(most: int, *, asked: Asked, by: Actor) -> bool:
    """Tell whether there are more events than that."""
    return _events(asked, by=by)[most : most + 1].exists()


def every_entry(asked: Asked, *, by: Actor) -> Iterator[Entry]:
    """Yield all events asked for, newest first, without holding them all."""
    names = _unit_names()
    for event in _events(asked, by=by).iterator(chunk_size=AT_ONCE):
        yield _entry(event, names)


def detail(number: int, *, by: Actor) -> Detail:
    """Return one event and its seal.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    known = AuditEvent.objects.filter(pk=number) if number <= LARGEST_NUMBER else None
    event = known.first() if known is not None else None
    if event is None or not _may_see(event, by=by):
        raise NotVisibleError("没有找到这条审计事件。")
    return Detail(entry=_entry(event, _unit_names()), cover=seal.cover(event.pk))


def _may_see(event: AuditEvent, *, by: Actor) -> bool:
    if visible(by).filter(pk=event.pk).exists():
        return True
    return by.role in READERS and _sees_object(event.target_id, by=by, kind=event.target_type)


def visible(by: Actor) -> QuerySet[AuditEvent]:
    """Return the events of an actor's units; for the whole house, also those of no unit."""
    if by.role not in READERS or not by.unit_path:
        return AuditEvent.objects.none()
    if _audits_the_house(by):
        foreign = Unit.objects.exclude(path__startswith=by.unit_path).values("code")
        return AuditEvent.objects.exclude(unit_code__in=foreign)
    units = Unit.objects.filter(path__startswith=by.unit_path)
    accounts = RoleAssignment.objects.filter(unit__in=units.values("pk"))
    ids = accounts.annotate(account=Concat(Value(OF_ACCOUNT), "user__username")).values("account")
    return AuditEvent.objects.filter(
        Q(unit_code__in=units.values("code")) | Q(unit_code="", actor_id__in=ids)
    )


def _audits_the_house(by: Actor) -> bool:
    return "/" not in by.unit_path.strip("/")


def _events(asked: Asked, *, by: Actor) -> QuerySet[AuditEvent]:
    if asked.number:
        rows = _of_object(asked.number, kind=asked.kind, by=by)
    else:
        rows = visible(by).filter(at__gte=asked.start, at__lt=asked.end)
    if asked.who:
        rows = rows.filter(actor_name__in=_names(asked.who))
    if asked.role:
        rows = rows.filter(role=asked.role)
    if asked.outcome:
        rows = rows.filter(outcome=asked.outcome)
    if asked.action.endswith(deeds.WHOLE):
        rows = rows.filter(verb__in=_verbs_of(asked.action.removesuffix(deeds.WHOLE)))
    elif asked.action:
        rows = rows.filter(verb=asked.action)
    if asked.folds_own and asked.can_fold:
        rows = rows.exclude(_is_own_reading(by))
    return rows.order_by("-at", "-pk")


def _of_object(number: str, *, kind: str, by: Actor) -> QuerySet[AuditEvent]:
    """Return the whole history of an object; naming the kinds lets the index of targets serve."""
    sees_all = by.role in READERS and _sees_object(number, by=by, kind=kind)
    rows = AuditEvent.objects.all() if sees_all else visible(by)
    return rows.filter(target_type__in=[kind] if kind else deeds.kinds(), target_id=number)


def _sees_object(number: str, *, by: Actor, kind: str = "") -> bool:
    if not by.unit_path or _audits_the_house(by):
        return False
    needs = access.visible(by).filter(number=number)
    jobs = Job.objects.filter(number=number, unit__path__startswith=by.unit_path)
    plans = Plan.objects.filter(number=number, unit__path__startswith=by.unit_path)
    visits = Visit.objects.filter(number=number, job__unit__path__startswith=by.unit_path)
    rows = {"intake.need": needs, "work.job": jobs, "work.plan": plans, "work.visit": visits}
    return any(found.exists() for name, found in rows.items() if kind in {"", name})


def _verbs_of(kind: str) -> list[str]:
    """Return the verbs of a kind that the trail holds, also those that have no word.

    Named one by one, so that the index of verbs serves; finding them reads that index alone.
    """
    held = AuditEvent.objects.filter(verb__startswith=f"{kind}.")
    return list(held.values_list("verb", flat=True).order_by().distinct())


def _names(who: str) -> set[str]:
    """Return the names that the trail may hold of those whose name or log-in contains a text.

    Also the text itself: residents, the system and accounts of once have no account to look up.
    """
    accounts = User.objects.filter(Q(display_name__icontains=who) | Q(username__icontains=who))
    pairs = accounts.values_list("display_name", "username")
    return {who, *(name for pair in pairs for name in pair)}


def _last_seen(number: int | None) -> AuditEvent | None:
    if number is None or number > LARGEST_NUMBER:
        return None
    return AuditEvent.objects.filter(pk=number).only("at").first()


def _after(last: AuditEvent, *, asked: Asked, by: Actor) -> QuerySet[AuditEvent]:
    until = last.at + timedelta(microseconds=1)
    if asked.number:
        rows = _events(asked, by=by).filter(at__lt=until)
    else:
        # One upper bound only: of two, SQLite may start from the wrong one and walk in between.
        rows = _events(replace(asked, end=min(asked.end, until)), by=by)
    return rows.filter(Q(at__lt=last.at) | Q(pk__lt=last.pk))


def _entries(events: Iterable[AuditEvent]) -> Iterator[Entry]:
    names = _unit_names()
    for event in events:
        yield _entry(event, names)


def _unit_names() -> dict[str, str]:
    return dict(Unit.objects.values_list("code", "name"))


def _entry(event: AuditEvent, unit_names: dict[str, str]) -> Entry:
    kind = event.target_type
    shown_number = mask_numbers_of_people(event.target_id)
    return Entry(
        number=event.pk,
        at=event.at,
        device_at=event.device_at,
        actor_id=mask_numbers_of_people(event.actor_id),
        actor_name=mask_numbers_of_people(event.actor_name),
        role_label=_role_label(event),
        unit_name=unit_names.get(event.unit_code, event.unit_code),
        verb=event.verb,
        action=deeds.word(event.verb),
        kind=deeds.heading(kind),
        target_type=kind,
        object_number=shown_number,
        has_history=_has_history(event, shown_number),
        before=_shown(deeds.state(kind, event.before)),
        after=_shown(deeds.state(kind, event.after)),
        reason=_shown(event.reason),
        outcome=event.outcome,
        outcome_label=event.get_outcome_display(),
    )


def _shown(text: str) -> str:
    """Hide what rows of the trail should never have held: they are sealed and stay as they are."""
    return mask_numbers_of_people(mask_logins(text))


def _role_label(event: AuditEvent) -> str:
    """Return the role acted in; who logs in has none yet, though the trail files it as system."""
    if event.role == Role.SYSTEM and event.actor_id.startswith(OF_ACCOUNT):
        return ""
    return ROLE_LABELS[Role(event.role)] if event.role in list(Role) else event.role


def _has_history(event: AuditEvent, shown_number: str) -> bool:
    """Tell whether its object can be asked for: not a starred one, nor a reading of the trail."""
    is_named = bool(event.target_id) and shown_number == event.target_id
    is_own = event.target_type == TRAIL
    return is_named and not is_own and event.target_type in deeds.kinds()
