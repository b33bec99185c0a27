"""What others may know about people and teams."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.db.models import Q

from dianliang.domain.workforce import availability
from dianliang.domain.workforce.models import Absence, Attendance, Certificate, Membership, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamOnDuty:
    """A team on one day: who is there, and what they can do with certificates valid that day."""

    team: Team
    on: date
    member_names: tuple[str, ...]
    absent_names: tuple[str, ...]
    skill_codes: frozenset[str]

    @property
    def is_staffed(self) -> bool:
        """Tell whether anybody is there."""
        return bool(self.member_names)


def teams_on_duty(*, teams: list[Team], on: date) -> tuple[TeamOnDuty, ...]:
    """Return who is there on a day and with which skills; an expired certificate counts as none.

    Members who stand in for another team that day count where they stand in.
    """
    ids = [team.pk for team in teams]
    current = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on, team_id__in=ids
    ).select_related("person")
    members: dict[int, dict[int, str]] = {pk: {} for pk in ids}
    for membership in current:
        if membership.person.is_active:
            members[membership.team_id][membership.person_id] = membership.person.name
    present = list(Attendance.objects.filter(on=on).select_related("person"))
    for standing_in in present:
        for team_members in members.values():
            team_members.pop(standing_in.person_id, None)
            if standing_in.replaces_id:
                team_members.pop(standing_in.replaces_id, None)
        if standing_in.team_id in members:
            members[standing_in.team_id][standing_in.person_id] = standing_in.person.name
    people = {pk for team_members in members.values() for pk in team_members}
    away = set(
        Absence.objects.filter(person_id__in=people, first_on__lte=on, last_on__gte=on).values_list(
            "person_id", flat=True
        )
    )
    slots = availability.slots_of(people - away)
    came = {row.person_id for row in present}
    # Teams share a few shifts: one question for each, however many teams.
    bound = {
        shift: availability.engagements(people, availability.shift_of(on, *shift))
        for shift in {_shift(team) for team in teams}
    }
    skills: dict[int, set[str]] = {}
    valid = Certificate.objects.valid_on(on).filter(person_id__in=people - away)
    for person_id, code in valid.values_list("person_id", "skill__code"):
        skills.setdefault(person_id, set()).add(code)
    return tuple(
        _on_duty(
            team,
            members[team.pk],
            away | _busy(team, slots, bound[_shift(team)], came, on=on),
            skills,
            on=on,
        )
        for team in teams
    )


def _busy(
    team: Team,
    slots: dict[int, tuple[availability.Slot, ...]],
    bound: Collection[int],
    came: set[int],
    *,
    on: date,
) -> set[int]:
    """Return whose weekly hours do not cover the shift, or who is bound elsewhere, and not here."""
    shift = _shift(team)
    outside = {pk for pk, own in slots.items() if not availability.covers(own, on, *shift)}
    return (outside | set(bound)) - came


def _shift(team: Team) -> tuple[time, time]:
    return team.shift_starts, team.shift_ends


def _on_duty(
    team: Team, members: dict[int, str], away: set[int], skills: dict[int, set[str]], *, on: date
) -> TeamOnDuty:
    return TeamOnDuty(
        team=team,
        on=on,
        member_names=tuple(n for pk, n in members.items() if pk not in away),
        absent_names=tuple(n for pk, n in members.items() if pk in away),
        skill_codes=frozenset(
            code for pk in members for code in skills.get(pk, set()) if pk not in away
        ),
    )
