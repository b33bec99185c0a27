"""Who is asking: from an account and its role assignments to an actor."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from dianliang.core import audit
from dianliang.core.models import AuditEvent, User
from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.workforce.models import Membership
from dianliang.kernel.actor import ROLE_LABELS, Actor, Role

LOG_IN, LOG_OUT, DENIED = "account.log-in", "account.log-out", "access.denied"
OF_AN_ACTOR = (
    *("pk", "valid_from", "valid_until", "role", "unit__path", "unit__code", "area__path"),
    *("user__person__pk", "user__person__number", "user__person__is_active"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice:
    """A role that an account may act in."""

    id: int
    role: Role
    label: str
    unit_name: str


def roles_of(user: User, *, on: date) -> tuple[RoleChoice, ...]:
    """Return the roles that an account may act in on a day, oldest first."""
    return tuple(
        RoleChoice(
            id=row.pk,
            role=Role(row.role),
            label=ROLE_LABELS[Role(row.role)],
            unit_name=row.unit.name,
        )
        for row in _assigned(user, on=on).select_related("unit")
    )


def actor_of(user: User, *, on: date, role_id: int | None = None) -> Actor | None:
    """Return the actor for a role of the account, or for its first one; None if it has none.

    Asked for each page: one or two queries that fetch only what an actor is made of. An account
    has few roles: looking at their days here takes half the work of asking for them.
    """
    rows = RoleAssignment.objects.filter(user=user).order_by("pk").values_list(*OF_AN_ACTOR)
    held = next(
        (
            row
            for pk, begins, ends, *row in rows
            if role_id in {None, pk} and (begins or on) <= on <= (ends or on)
        ),
        None,
    )
    if held is None:
        return None
    role, unit_path, unit_code, area_path, person, number, is_active = held
    return Actor(
        id=f"user:{user.username}",
        name=user.display_name or user.username,
        role=Role(role),
        unit_path=unit_path,
        unit_code=unit_code,
        area_path=area_path or "/",
        person_number=number if is_active else "",
        team_codes=_team_codes(person, on=on) if is_active else frozenset(),
    )


def actor_today(asked: Actor, *, on: date) -> Actor | None:
    """Return who asked as he is on a day, in the same role for the same unit; None if he lost it.

    For what the worker does later in his name: he may have gone, or lead another unit by now.
    """
    username = asked.id.removeprefix("user:")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or asked.id == username:
        return None
    places = Q(area__path=asked.area_path) | (Q(area=None) if asked.area_path == "/" else Q())
    same = _assigned(user, on=on).filter(places, role=asked.role, unit__code=asked.unit_code)
    role_id = same.values_list("pk", flat=True).first()
    return actor_of(user, on=on, role_id=role_id) if role_id else None


def record_log_in(username: str, *, failed: bool, reason: str = "", at: datetime) -> None:
    """Put a log-in on record, also one that failed; an unknown name is kept as it was typed."""
    shown = username[:64]
    audit.record_about(
        LOG_IN,
        target_type="core.user",
        target_id=shown,
        by=Actor(id=f"user:{shown}"[:64], name=shown, role=Role.SYSTEM),
        at=at,
        reason=reason,
        outcome=AuditEvent.Outcome.FAILED if failed else AuditEvent.Outcome.OK,
    )


def record_log_out(by: Actor, *, at: datetime) -> None:
    """Put a log-out on record."""
    audit.record_about(LOG_OUT, target_type="core.user", target_id=by.id, by=by, at=at)


def record_denial(by: Actor, *, route: str, target: str, at: datetime) -> None:
    """Put on record that a person asked for what is absent or not his to see."""
    audit.record_about(
        DENIED,
        target_type=route[:60],
        target_id=target,
        by=by,
        at=at,
        outcome=AuditEvent.Outcome.DENIED,
    )


def without_role(user: User) -> Actor:
    """Return an account as an actor that reaches nothing: it holds no role today."""
    return Actor(
        id=f"user:{user.username}",
        name=user.display_name or user.username,
        role=Role.RESIDENT,
    )


def forget_sessions(*, at: datetime) -> int:
    """Delete the sessions that are over, and what they remembered; return how many."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]


def _assigned(user: User, *, on: date) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_until=None) | Q(valid_until__gte=on),
        user=user,
    ).order_by("pk")


def _team_codes(person: int, *, on: date) -> frozenset[str]:
    current = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), person=person, valid_from__lte=on
    )
    return frozenset(current.values_list("team__code", flat=True))
