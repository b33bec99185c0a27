"""Who may see and write claims and carbon accounts. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.energy.lifecycle import RECORDERS
from dianliang.domain.energy.models import CarbonAccount, Claim, MeasurementProject
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset(RECORDERS)
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
FACTOR_WRITERS = frozenset({Role.ADMINISTRATOR})
FACTOR_CHECKERS = READERS - {Role.COMMANDER}
"""Who may hold a factor against its document: not whoever recorded it."""


def checks_factors(by: Actor) -> bool:
    """Tell whether the actor may check the library, by which every unit's numbers are reckoned."""
    return by.role in FACTOR_CHECKERS and by.is_top


def claims(by: Actor) -> QuerySet[Claim]:
    """Return the claims of the actor's units."""
    rows = Claim.objects.select_related("unit")
    if by.role not in READERS | {Role.SYSTEM} or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def claim_to_see(number: str, *, by: Actor) -> Claim:
    """Return a claim of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else claims(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条量化声明。")
    return found


def carbon_accounts(by: Actor) -> QuerySet[CarbonAccount]:
    """Return the carbon accounts of the actor's units."""
    rows = CarbonAccount.objects.select_related("unit")
    if by.role not in READERS | {Role.SYSTEM} or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def carbon_account_to_see(number: str, *, by: Actor) -> CarbonAccount:
    """Return a carbon account of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else carbon_accounts(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个碳账户。")
    return found


def projects(by: Actor) -> QuerySet[MeasurementProject]:
    """Return the measurement projects of the actor's units."""
    rows = MeasurementProject.objects.select_related("unit")
    if by.role not in READERS | {Role.SYSTEM} or not by.unit_path:
        return rows.none()
    return rows.filter(unit__path__startswith=by.unit_path)


def project_to_see(number: str, *, by: Actor) -> MeasurementProject:
    """Return a measurement project of the actor's units.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = None if "\0" in number else projects(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这个测量项目。")
    return found
