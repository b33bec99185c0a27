"""Found teams and end them, put teams below teams, let people join, leave and lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.calendars import fresh_calendar_token
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

DAY = timedelta(days=1)
FARTHEST_DAYS = 366
DEEPEST = 12


class UnableToTeamError(DomainError):
    """The team cannot be so; `field` names what is wrong."""

    code = "workforce.unable-to-team"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDetails:
    """What is known of a team. `ends_on` is the last day of a temporary one."""

    name: str
    unit: Unit
    base: GeoPoint
    parent: Team | None = None
    is_volunteer: bool = False
    purpose: str = ""
    founded_on: date | None = None
    ends_on: date | None = None
    shift_starts: time = time(8, 30)
    shift_ends: time = time(17, 30)


@transaction.atomic
def found_team(*, code: str, details: TeamDetails, by: Actor, at: datetime) -> Team:
    """Found a team (成立队伍).

    Raises:
        UnableToTeamError: the code is used, or its days, shift or place in the tree make no sense.
    """
    team = Team(code=code, calendar_token=fresh_calendar_token())
    _fill(team, details, on=_day(at))
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:  # the database keeps one of each code, of two presses too
        raise UnableToTeamError(
            Phrase("队伍编码 %(code)s 已有，请换一个。", code=code), field="code"
        ) from error
    audit.record("workforce.team.found", target=team, by=by, at=at, after=code, reason=team.name)
    return team


@transaction.atomic
def amend_team(*, team: Team, details: TeamDetails, by: Actor, at: datetime) -> Team:
    """Change a team, or put it below another one.

    Raises:
        UnableToTeamError: it would lie below itself, would end before a team below it, or its days
            or shift make no sense.
    """
    before = team.parent.code if team.parent else ""
    _fill(team, details, on=_day(at))
    team.save()
    audit.record(
        "workforce.team.amend",
        target=team,
        by=by,
        at=at,
        before=before,
        after=team.parent.code if team.parent else "",
        reason=f"{team.code} {team.name}",
    )
    return team


@transaction.atomic
def join(
    *, team: Team, person: Person, on: date, is_captain: bool, by: Actor, at: datetime
) -> Membership:
    """Let a person belong to a team from a day on (入队).

    Raises:
        UnableToTeamError: he does already, has left, or the team ends before.
    """
    _require_running(_held(team), on=on)
    if not person.is_active:
        raise UnableToTeamError(
            Phrase("%(person)s已离岗，不能入队。", person=person.name), field="person"
        )
    present = _not_over(team, on=on).filter(person=person).first()
    if present is not None:
        message = Phrase(
            "%(person)s自 %(valid_from)s 起已在%(team)s。",
            person=person.name,
            valid_from=present.valid_from,
            team=team.name,
        )
        raise UnableToTeamError(message, field="person")
    if is_captain:
        _end_captaincy(team, on=on)
    row = Membership.objects.create(team=team, person=person, is_captain=is_captain, valid_from=on)
    _note(
        "join", person, team, by=by, at=at, reason=f"{on} 起" + ("，任队长" if is_captain else "")
    )
    return row


@transaction.atomic
def leave(*, team: Team, person: Person, on: date, by: Actor, at: datetime) -> Membership:
    """Note a person's last day in a team (离队).

    Raises:
        UnableToTeamError: he is no member, or joined after that day.
    """
    rows = _memberships(_held(team), person, on=_day(at))
    begun = [row for row in rows if row.valid_from <= on]
    if not begun:
        message = Phrase(
            "%(person)s %(valid_from)s 才入队，最后一天不能更早。",
            person=person.name,
            valid_from=rows[0].valid_from,
        )
        raise UnableToTeamError(message, field="on")
    row = begun[-1]
    row.valid_until = on
    row.save(update_fields=["valid_until"])
    Membership.objects.filter(pk__in=[each.pk for each in rows[len(begun) :]]).delete()
    _note("leave_team", person, team, by=by, at=at, reason=f"至 {on}")
    return row


@transaction.atomic
def leave_all(*, person: Person, on: date, by: Actor, at: datetime) -> int:
    """End what somebody who leaves office belongs to with his last day; return how many teams.

    A membership that was to begin later never does.
    """
    going_on = Q(valid_until=None) | Q(valid_until__gt=on)
    rows = list(Membership.objects.filter(going_on, person=person).select_related("team"))
    begun = [row for row in rows if row.valid_from <= on]
    Membership.objects.filter(pk__in=[row.pk for row in begun]).update(valid_until=on)
    Membership.objects.filter(pk__in=[row.pk for row in rows if row not in begun]).delete()
    for team in {row.team for row in rows}:
        _note("leave_team", person, team, by=by, at=at, reason=f"至 {on}，离岗")
    return len({row.team_id for row in rows})


@transaction.atomic
def appoint(*, team: Team, person: Person, on: date, by: Actor, at: datetime) -> Membership:
    """Let a member lead a team from a day on (任队长); the former captain stays as a member.

    Raises:
        UnableToTeamError: he is no member, or the day lies before he joined, or ahead.
    """
    if on > _day(at):
        raise UnableToTeamError("任职日期不能晚于今天。", field="on")
    _require_running(_held(team), on=on)
    row = _memberships(team, person, on=on)[-1]
    if row.is_captain:
        raise UnableToTeamError(
            Phrase("%(person)s已经是%(team)s的队长。", person=person.name, team=team.name),
            field="person",
        )
    if on < row.valid_from:
        message = Phrase(
            "%(person)s %(valid_from)s 才入队，任职日期不能更早。",
            person=person.name,
            valid_from=row.valid_from,
        )
        raise UnableToTeamError(message, field="on")
    _end_captaincy(team, on=on)
    _from_day(row, on=on, is_captain=True)
    _note("appoint_captain", person, team, by=by, at=at, reason=f"{on} 起")
    return row


@transaction.atomic
def end_team(*, team: Team, on: date, reason: str, by: Actor, at: datetime) -> int:
    """End a team with a last day (解散): its members' memberships end with it; return how many.

    What it still has to do must be handed over first; that is seen to by the flow, for this room
    knows no jobs. A day ahead is kept, and the team ends when it has passed.

    Raises:
        UnableToTeamError: there is no reason, it has ended, teams below it have not, or the day
            makes no sense.
    """
    if not reason:
        raise UnableToTeamError("请写明结束原因。", field="reason")
    if not team.is_active:
        raise UnableToTeamError(Phrase("%(team)s已经结束。", team=team.name), field="team")
    today = _day(at)
    if on != team.ends_on and abs((on - today).days) > FARTHEST_DAYS:
        raise UnableToTeamError("最后一天应在前后一年之内，请核对。", field="on")
    if team.founded_on is not None and on < team.founded_on:
        raise UnableToTeamError(
            Phrase(
                "%(team)s %(founded_on)s 才成立，请核对日期。",
                team=team.name,
                founded_on=team.founded_on,
            ),
            field="on",
        )
    below = Team.objects.filter(parent=team, is_active=True).order_by("code")
    open_below = [sub.name for sub in below if sub.ends_on is None or sub.ends_on > on]
    if open_below:
        names = "、".join(open_below[:5])
        message = Phrase(
            "%(team)s还有 %(n)s 支下级队伍（%(names)s），请先结束或划出它们。",
            team=team.name,
            n=len(open_below),
            names=names,
        )
        raise UnableToTeamError(message, field="team")
    team.ends_on, team.ended_why, team.is_active = on, reason, on >= today
    team.save(update_fields=["ends_on", "ended_why", "is_active"])
    members = Membership.objects.filter(Q(valid_until=None) | Q(valid_until__gt=on), team=team)
    count = members.filter(valid_from__lte=on).update(valid_until=on)
    late = Membership.objects.filter(team=team, valid_from__gt=on)
    late.filter(valid_from__gt=today).delete()
    late.update(valid_until=F("valid_from"))
    audit.record(
        "workforce.team.end",
        target=team,
        by=by,
        at=at,
        after=on.isoformat(),
        reason=f"{team.code} {reason}；{count} 名队员离队",
    )
    return count


def _held(team: Team) -> Team:
    """Return a team as it is, and let nobody else change who is in it meanwhile."""
    return Team.objects.select_for_update().get(pk=team.pk)


def _fill(team: Team, details: TeamDetails, *, on: date) -> None:
    if details.shift_ends <= details.shift_starts:
        raise UnableToTeamError("下班时间应晚于上班时间。", field="shift_ends")
    founded, ends = details.founded_on, details.ends_on
    if ends is not None and ends < (founded or on):
        raise UnableToTeamError("最后一天不能早于成立日期或今天。", field="ends_on")
    if team.pk is not None and not team.is_active:
        raise UnableToTeamError(
            Phrase("%(team)s已经结束，不能再改。", team=team.name), field="team"
        )
    _require_place(team, details.parent, ends)
    team.name, team.unit, team.parent = details.name, details.unit, details.parent
    team.base_lat, team.base_lon = details.base.lat, details.base.lon
    team.is_volunteer, team.purpose = details.is_volunteer, details.purpose
    team.founded_on, team.ends_on = founded, ends
    team.shift_starts, team.shift_ends = details.shift_starts, details.shift_ends


def _require_place(team: Team, parent: Team | None, ends_on: date | None) -> None:
    """Refuse a place below itself, below a team that ends before, or too deep to be read.

    Whoever else moves a team waits: two moves at once could make a circle.
    """
    teams = {each.pk: each for each in Team.objects.select_for_update().order_by("pk")}
    above, steps = teams.get(parent.pk) if parent else None, 0
    while above is not None:
        if above.pk == team.pk:
            message = Phrase(
                "%(parent)s 在 %(team)s 之下，不能作它的上级队伍。", parent=parent, team=team.name
            )
            raise UnableToTeamError(message, field="parent")
        if not above.is_active:
            raise UnableToTeamError(
                Phrase("%(above)s已经结束，不能作上级队伍。", above=above.name), field="parent"
            )
        if above.ends_on is not None and (ends_on is None or ends_on > above.ends_on):
            message = Phrase(
                "上级队伍%(above)s到 %(ends_on)s 为止，本队的最后一天不能更晚。",
                above=above.name,
                ends_on=above.ends_on,
            )
            raise UnableToTeamError(message, field="ends_on")
        above, steps = teams.get(above.parent_id or 0), steps + 1
        if steps > DEEPEST:
            raise UnableToTeamError(
                Phrase("队伍最多 %(deepest)s 级。", deepest=DEEPEST), field="parent"
            )
    for sub in teams.values():
        if ends_on is None or sub.parent_id is None or sub.parent_id != team.pk:
            continue
        if sub.is_active and (sub.ends_on is None or sub.ends_on > ends_on):
            message = Phrase(
                "下级队伍%(sub)s在 %(ends_on)s 还没有结束，请先改它的最后一天。",
                sub=sub.name,
                ends_on=ends_on,
            )
            raise UnableToTeamError(message, field="ends_on")


def _require_running(team: Team, *, on: date) -> None:
    if not team.is_active or (team.ends_on is not None and team.ends_on < on):
        until = Phrase("，最后一天是 %(ends_on)s", ends_on=team.ends_on) if team.ends_on else ""
        raise UnableToTeamError(
            Phrase("%(team)s届时已经结束%(until)s。", team=team.name, until=until), field="team"
        )


def _not_over(team: Team, *, on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), team=team
    ).order_by("valid_from")


def _memberships(team: Team, person: Person, *, on: date) -> Sequence[Membership]:
    """Return what goes on after a day, the earliest first: one, or as member and as captain."""
    rows = list(_not_over(team, on=on + DAY).filter(person=person))
    if not rows:
        raise UnableToTeamError(
            Phrase("%(person)s不在%(team)s。", person=person.name, team=team.name), field="person"
        )
    return rows


def _end_captaincy(team: Team, *, on: date) -> None:
    for row in _not_over(team, on=on).filter(is_captain=True):
        _from_day(row, on=on, is_captain=False)


def _from_day(row: Membership, *, on: date, is_captain: bool) -> Membership:
    """Let a membership go on as another kind from a day; what was before stays as it was."""
    if row.valid_from >= on:
        row.is_captain = is_captain
        row.save(update_fields=["is_captain"])
        return row
    until, row.valid_until = row.valid_until, on - DAY
    row.save(update_fields=["valid_until"])
    return Membership.objects.create(
        team=row.team, person=row.person, is_captain=is_captain, valid_from=on, valid_until=until
    )


def _note(verb: str, person: Person, team: Team, *, by: Actor, at: datetime, reason: str) -> None:
    audit.record(
        f"workforce.person.{verb}", target=person, by=by, at=at, after=team.code, reason=reason
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
