"""May this person do what takes a certificate, on this day: the gate of sign-up and check-in."""

from collections.abc import Iterable
from datetime import date

from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce.models import Certificate, Person
from dianliang.kernel.errors import DomainError


class LacksCertificateError(DomainError):
    """A certificate is missing, or has expired by then."""

    code = "programs.lacks-certificate"


def require(*, person: Person, skills: Iterable[Skill], on: date) -> None:
    """Refuse somebody who has no valid certificate for a skill on a day.

    Raises:
        LacksCertificateError: the skill and, where there was one, the day of expiry are named.
    """
    lacking = lacks(person=person, skills=skills, on=on)
    if lacking:
        message = f"{person.name}暂不能参加：{'；'.join(lacking)}。"
        raise LacksCertificateError(message, field="person")


def lacks(*, person: Person, skills: Iterable[Skill], on: date) -> tuple[str, ...]:
    """Return in words which certificates a person lacks on a day; empty where none."""
    wanted = list(skills)
    if not wanted:
        return ()
    own = Certificate.objects.filter(person=person, skill__in=wanted, issued_on__lte=on)
    until: dict[int, date] = {}
    for skill_id, expires_on in own.values_list("skill_id", "expires_on"):
        until[skill_id] = max(expires_on, until.get(skill_id, expires_on))
    found = []
    for skill in wanted:
        ends = until.get(skill.pk)
        if ends is None:
            found.append(f"没有“{skill.name}”证书")
        elif ends <= on:
            found.append(f"“{skill.name}”证书已于 {ends} 到期")
    return tuple(found)
