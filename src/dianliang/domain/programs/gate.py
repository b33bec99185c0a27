"""May this person do what takes a certificate, on this day: workforce's one gate, as a refusal."""

from collections.abc import Iterable
from datetime import date

from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.models import Person
from dianliang.kernel.errors import DomainError


class LacksCertificateError(DomainError):
    """A certificate is missing, or does not count on that day."""

    code = "programs.lacks-certificate"


def require(*, person: Person, skills: Iterable[Skill], on: date) -> None:
    """Refuse somebody who has no valid certificate for a skill on a day.

    Raises:
        LacksCertificateError: certificate, state and day are named.
    """
    lacks = gate.qualified(person, [skill.code for skill in skills], on)
    if lacks:
        raise LacksCertificateError(gate.told(lacks), field="person")


def may(*, person: Person, skills: Iterable[Skill], on: date) -> bool:
    """Tell whether a person has a valid certificate for every skill on a day."""
    return not gate.qualified(person, [skill.code for skill in skills], on)
