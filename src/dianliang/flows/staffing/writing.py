"""Write what a workbook of people holds, each row through the operation that a page would call."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import certifying, register, registering, teaming
from dianliang.domain.workforce.certifying import Proof
from dianliang.domain.workforce.models import (
    Certificate,
    Membership,
    Person,
    PersonRole,
    RoleKind,
    Team,
)
from dianliang.flows.staffing import people as people_flow
from dianliang.flows.staffing import teams as teams_flow
from dianliang.flows.staffing.drafts import (
    CertificateRow,
    Draft,
    MemberRow,
    Named,
    PersonLine,
    TeamRow,
    day_or,
)
from dianliang.flows.staffing.sheets import CERTIFICATES, COLUMN_OF, MEMBERS, PEOPLE, TEAMS
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

Meant = tuple[str, bool] | None
"""Whom a row means: his number (empty for somebody new), and whether the table overrules what is
kept; None leaves the row out with all that hangs on it."""
LEFT_OUT = "left_out"
DAY_STARTS, DAY_ENDS = time(8, 30), time(17, 30)


def write(
    draft: Draft, meant: Mapping[int, Meant], *, by: Actor, at: datetime
) -> tuple[dict[str, int], list[str]]:
    """Write all rows in the caller's transaction; return how many of each kind, and what failed."""
    writer = _Writer(meant, by=by, at=at)
    for team in _parents_first(draft.teams):
        with writer.row(TEAMS, team.row):
            writer.team(team)
    for line in draft.people:
        with writer.row(PEOPLE, line.row):
            writer.person(line)
    for member in draft.members:
        with writer.row(MEMBERS, member.row):
            writer.member(member)
    for paper in draft.certificates:
        with writer.row(CERTIFICATES, paper.row):
            writer.certificate(paper)
    return dict(writer.done), writer.wrong


class _Writer:
    def __init__(self, meant: Mapping[int, Meant], *, by: Actor, at: datetime) -> None:
        self.meant, self.by, self.at = meant, by, at
        self.today = at.astimezone(SHANGHAI).date()
        self.people: dict[int, Person | None] = {}
        self.kinds = {kind.code: kind for kind in RoleKind.objects.all()}
        self.skills = {skill.code: skill for skill in Skill.objects.all()}
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []

    @contextmanager
    def row(self, sheet: str, number: int) -> Iterator[None]:
        """Undo a row that is refused, and go on: all that is wrong is told at once."""
        try:
            with transaction.atomic():
                yield
        except DomainError as refusal:
            heading = COLUMN_OF[sheet].get(refusal.field or "")
            column = Phrase(" “%(heading)s”列", heading=heading) if heading else ""
            self.wrong.append(
                Phrase(
                    "“%(sheet)s”表 第 %(number)s 行%(column)s：%(message)s",
                    sheet=sheet,
                    number=number,
                    column=column,
                    message=Phrase(refusal.message),
                )
            )

    def team(self, row: TeamRow) -> None:
        """Found or change a team."""
        known = Team.objects.select_related("parent").filter(code=row.code).first()
        asked = teams_flow.Asked(
            name=row.name,
            unit_code=row.unit_code,
            lat=_else(row.lat, known.base_lat if known else 0.0),
            lon=_else(row.lon, known.base_lon if known else 0.0),
            parent_code=row.parent_code or (known.parent.code if known and known.parent else ""),
            is_volunteer=row.is_volunteer or bool(known and known.is_volunteer),
            purpose=row.purpose or (known.purpose if known else ""),
            founded_on=day_or(row.founded_on, known.founded_on if known else None),
            ends_on=day_or(row.ends_on, known.ends_on if known else None),
            shift_starts=known.shift_starts if known else DAY_STARTS,
            shift_ends=known.shift_ends if known else DAY_ENDS,
        )
        if known is None:
            teams_flow.found(code=row.code, asked=asked, by=self.by, at=self.at)
        else:
            teams_flow.amend(code=row.code, asked=asked, by=self.by, at=self.at)
        self.done["teams_changed" if known else "teams_new"] += 1

    def person(self, line: PersonLine) -> None:
        """Write a person down, or add to what is known of him."""
        meant = self.meant[line.row]
        if meant is None:
            self.people[line.row] = None
            self.done[LEFT_OUT] += 1
            return
        number, overrules = meant
        if number:
            person = register.person_to_change(number, by=self.by)
            asked = _overruled(line, person) if overrules else _gaps_filled(line, person)
            people_flow.amend(number=number, asked=asked, by=self.by, at=self.at)
            self.done["people_changed"] += 1
        else:
            person = registering.register_person(
                details=people_flow.details_of(_asked(line), by=self.by),
                number=line.number,
                by=self.by,
                at=self.at,
            )
            self.done["people_new"] += 1
        self.people[line.row] = person
        self._roles(person, line)

    def _roles(self, person: Person, line: PersonLine) -> None:
        since = day_or(line.role_from, self.today) or self.today
        held = PersonRole.objects.filter(Q(valid_until=None) | Q(valid_until__gte=since))
        present = set(held.filter(person=person).values_list("kind__code", flat=True))
        for code in line.roles:
            if code in present:
                continue
            registering.give_role(
                person=person,
                kind=self.kinds[code],
                valid_from=since,
                valid_until=None,
                note="",
                by=self.by,
                at=self.at,
            )
            self.done["roles"] += 1

    def member(self, row: MemberRow) -> None:
        """Let somebody belong to a team; who does already stays, and may become captain."""
        person = self._who(row.who)
        if person is None:
            self.done[LEFT_OUT] += 1
            return
        team = teams_flow.team_to_change(row.team_code, by=self.by)
        own = Membership.objects.filter(team=team, person=person, valid_until=None).first()
        if own is None:
            since = day_or(row.since, self.today) or self.today
            teaming.join(
                team=team, person=person, on=since, is_captain=row.leads, by=self.by, at=self.at
            )
            self.done["members_new"] += 1
        elif row.leads and not own.is_captain:
            teaming.appoint(team=team, person=person, on=self.today, by=self.by, at=self.at)
            self.done["captains"] += 1

    def certificate(self, row: CertificateRow) -> None:
        """Keep a certificate; one that is there already is left as it is."""
        person = self._who(row.who)
        if person is None:
            self.done[LEFT_OUT] += 1
            return
        skill = self.skills[row.skill_code]
        issued_on, expires_on = (date.fromisoformat(d) for d in (row.issued_on, row.expires_on))
        held = Certificate.objects.filter(person=person, skill=skill, issued_on=issued_on)
        if held.filter(expires_on=expires_on, level=row.level).exists():
            return
        proof = Proof(
            skill=skill,
            issued_on=issued_on,
            expires_on=expires_on,
            level=row.level,
            number=row.number,
            issuer=row.issuer,
        )
        certifying.add_certificate(person=person, proof=proof, by=self.by, at=self.at)
        self.done["certificates_new"] += 1

    def _who(self, who: Named) -> Person | None:
        if who.row:
            if who.row not in self.people:
                raise InvalidInputError(
                    Phrase(
                        "“%(people)s”表第 %(row)s 行的人没有写入，请先改正那一行。",
                        people=PEOPLE,
                        row=who.row,
                    )
                )
            return self.people[who.row]
        return register.person_to_change(who.number, by=self.by)


def _asked(line: PersonLine) -> people_flow.Asked:
    return people_flow.Asked(
        name=line.name,
        unit_code=line.unit_code,
        phone=line.phone,
        title=line.title,
        document_kind=line.document_kind,
        document=line.document,
        born_on=day_or(line.born_on, None),
        guardian_name=line.guardian_name,
        guardian_phone=line.guardian_phone,
        guardian_relation=line.guardian_relation,
        agreed_on=day_or(line.agreed_on, None),
    )


def _overruled(line: PersonLine, person: Person) -> people_flow.Asked:
    """Let what the table says count, and what it leaves open stay."""
    return replace(_asked(line), title=line.title or person.title)


def _gaps_filled(line: PersonLine, person: Person) -> people_flow.Asked:
    """Let what is kept count, and the table say only what was not known."""
    told = _asked(line)
    if hasattr(person, "guardian"):
        told = replace(
            told, guardian_name="", guardian_phone="", guardian_relation="", agreed_on=None
        )
    return replace(
        told,
        name=person.whole_name,
        unit_code=person.unit.code,
        phone=person.phone or line.phone,
        title=person.title or line.title,
        document_kind=person.document_kind or line.document_kind,
        document=person.document or line.document,
        born_on=date.fromisoformat(person.born) if person.born else day_or(line.born_on, None),
    )


def _parents_first(teams: tuple[TeamRow, ...]) -> list[TeamRow]:
    """Return teams in an order in which what lies above comes first; a circle comes as it is."""
    left, ordered = list(teams), list[TeamRow]()
    while left:
        waiting = {team.code for team in left}
        ready = [team for team in left if team.parent_code not in waiting]
        ordered += ready or left
        left = [team for team in left if team not in ready] if ready else []
    return ordered


def _else(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
