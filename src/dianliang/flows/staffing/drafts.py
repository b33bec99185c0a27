"""What a workbook of people holds, between reading it and taking it in."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A row of the sheet of people; days are written out."""

    row: int
    number: str = ""
    name: str = ""
    unit_code: str = ""
    title: str = ""
    phone: str = ""
    document_kind: str = ""
    document: str = ""
    born_on: str = ""
    roles: tuple[str, ...] = ()
    role_from: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""
    agreed_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A row of the sheet of teams."""

    row: int
    code: str
    name: str
    unit_code: str
    parent_code: str
    lat: float | None
    lon: float | None
    is_volunteer: bool
    founded_on: str
    ends_on: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who is meant: a row of the sheet of people, or somebody who is there, by number."""

    row: int = 0
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A row of the sheet of members."""

    row: int
    who: Named
    team_code: str
    leads: bool
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A row of the sheet of certificates."""

    row: int
    who: Named
    skill_code: str
    level: int
    number: str
    issuer: str
    issued_on: str
    expires_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a workbook holds."""

    people: tuple[PersonLine, ...] = ()
    teams: tuple[TeamRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    certificates: tuple[CertificateRow, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Draft":
        """Return what `told` told."""
        return cls(
            people=tuple(
                PersonLine(**{**line, "roles": tuple(line["roles"])}) for line in told["people"]
            ),
            teams=tuple(TeamRow(**line) for line in told["teams"]),
            members=tuple(
                MemberRow(**{**line, "who": Named(**line["who"])}) for line in told["members"]
            ),
            certificates=tuple(
                CertificateRow(**{**line, "who": Named(**line["who"])})
                for line in told["certificates"]
            ),
        )


def day_or(text: str, otherwise: date | None) -> date | None:
    """Return a day that was written out, or another one."""
    return date.fromisoformat(text) if text else otherwise
