"""Who may see firms' electricity, decide about findings, and import tariffs and contracts."""

from django.db.models import QuerySet

from dianliang.domain.customers.access import within
from dianliang.domain.customers.models import Customer
from dianliang.domain.enterprises.models import AnalysisRun, Finding, FirmAnalysis
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

WRITERS = frozenset({Role.DISPATCHER})
READERS = WRITERS | {Role.COMMANDER, Role.AUDITOR, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR}
"""Whoever states or verifies numbers looks at the firm that they are about, and only looks."""
CHECKERS = READERS - {Role.COMMANDER}
"""Who may hold a tariff against its document: not whoever imported it."""
ABSENT = "没有找到这户企业。"


def keeps_tariffs(by: Actor) -> bool:
    """Tell whether the actor may change the library: every unit's bills are made by it."""
    return by.role in WRITERS and by.is_top


def checks_tariffs(by: Actor) -> bool:
    """Tell whether the actor may check the library, by which every unit's bills are made."""
    return by.role in CHECKERS and by.is_top


def firms(by: Actor) -> QuerySet[Customer]:
    """Return the firms of the actor's units."""
    if by.role not in READERS or not by.unit_path:
        return Customer.objects.none()
    return Customer.objects.filter(within(by), kind=Customer.Kind.ENTERPRISE)


def analyses(by: Actor) -> QuerySet[FirmAnalysis]:
    """Return what finished runs say of the actor's firms."""
    rows = FirmAnalysis.objects.filter(run__status="DONE")
    if by.role not in READERS or not by.unit_path:
        return rows.none()
    return rows.filter(within(by, prefix="customer__"))


def runs(by: Actor) -> QuerySet[AnalysisRun]:
    """Return the runs of the actor's units and of those above that hold his firms."""
    if by.role not in READERS or not by.unit_path:
        return AnalysisRun.objects.none()
    mine = analyses(by).values("run")
    own = AnalysisRun.objects.filter(unit__path__startswith=by.unit_path)
    return own | AnalysisRun.objects.filter(pk__in=mine)


def firm_to_see(number: str, *, by: Actor) -> Customer:
    """Return a firm that the actor may see.

    Raises:
        NotVisibleError: it is absent or of another unit.
    """
    found = None if "\0" in number else firms(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError(ABSENT)
    return found


def finding_to_decide(number: str, *, by: Actor) -> Finding:
    """Return a finding that the actor may decide about; see `firm_to_see`."""
    rows = Finding.objects.filter(analysis__in=analyses(by))
    rows = rows.select_related("analysis__customer__area", "analysis__customer__unit")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None or by.role not in WRITERS:
        raise NotVisibleError("没有找到这项发现。")
    return found
