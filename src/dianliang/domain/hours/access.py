"""Who may see and decide about hours and certificates. Absent and forbidden look the same."""

from django.db.models import QuerySet

from dianliang.domain.hours.models import Appeal, HourNotice, HourRecord, ServiceCertificate
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

REVIEWERS = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER, Role.ADMINISTRATOR})
READERS = REVIEWERS | {Role.COMMANDER, Role.AUDITOR}
ISSUERS = frozenset({Role.PARTY_AFFAIRS, Role.ADMINISTRATOR})


def visible(by: Actor) -> QuerySet[HourRecord]:
    """Return the records of an actor's units."""
    if by.role not in READERS or not by.unit_path:
        return HourRecord.objects.none()
    return HourRecord.objects.filter(unit__path__startswith=by.unit_path)


def record_to_see(number: str, *, by: Actor) -> HourRecord:
    """Return a record of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = visible(by).select_related("person", "unit", "team", "notice", "evidence", "reverses")
    record = found.filter(number=number).first()
    if record is None:
        raise NotVisibleError("没有找到这条时长。")
    return record


def notices(by: Actor) -> QuerySet[HourNotice]:
    """Return the notices of an actor's units."""
    if by.role not in READERS or not by.unit_path:
        return HourNotice.objects.none()
    return HourNotice.objects.filter(unit__path__startswith=by.unit_path)


def notice_to_see(number: str, *, by: Actor) -> HourNotice:
    """Return a notice of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    notice = notices(by).select_related("unit").filter(number=number).first()
    if notice is None:
        raise NotVisibleError("没有找到这次公示。")
    return notice


def appeals(by: Actor) -> QuerySet[Appeal]:
    """Return the appeals about records of an actor's units."""
    return Appeal.objects.filter(record__in=visible(by))


def appeal_to_decide(number: str, *, by: Actor) -> Appeal:
    """Return an appeal about a record of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = appeals(by).select_related("record__person", "record__unit", "record__notice")
    appeal = found.filter(number=number).first()
    if appeal is None:
        raise NotVisibleError("没有找到这条异议。")
    return appeal


def certificates(by: Actor) -> QuerySet[ServiceCertificate]:
    """Return the certificates that an actor's units issued."""
    if by.role not in READERS or not by.unit_path:
        return ServiceCertificate.objects.none()
    return ServiceCertificate.objects.filter(unit__path__startswith=by.unit_path)


def certificate_to_see(number: str, *, by: Actor) -> ServiceCertificate:
    """Return a certificate of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = certificates(by).select_related("person", "unit", "key")
    certificate = found.filter(number=number).first()
    if certificate is None:
        raise NotVisibleError("没有找到这份证明。")
    return certificate
