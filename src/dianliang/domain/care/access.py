"""Who may see an alert, a contact, a request: dispatchers, as far as their units reach."""

from django.db.models import Q, QuerySet

from dianliang.domain.care.models import Alert, Contact, Unlock
from dianliang.domain.customers.access import READERS, within
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def alerts(by: Actor) -> QuerySet[Alert]:
    """Return the alerts of the actor's units, and those that concern customers of theirs."""
    if by.role not in READERS or not by.unit_path:
        return Alert.objects.none()
    own = Contact.objects.filter(within(by, prefix="customer__"))
    return Alert.objects.filter(
        Q(unit__path__startswith=by.unit_path) | Q(pk__in=own.values("alert_id"))
    )


def contacts(alert: Alert, *, by: Actor) -> QuerySet[Contact]:
    """Return whom of an alert the actor may call: customers of his units or of his areas."""
    return alert.contacts.filter(within(by, prefix="customer__"))


def alert_to_see(number: str, *, by: Actor) -> Alert:
    """Return an alert.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    found = alerts(by).select_related("unit").filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份联系清单。")
    return found


def contact_to_call(number: str, customer: str, *, by: Actor) -> Contact:
    """Return somebody to call.

    Raises:
        NotVisibleError: there is nobody of this number on the list, or he is not the actor's.
    """
    alert = alert_to_see(number, by=by)
    found = contacts(alert, by=by).filter(customer__number=customer)
    contact = found.select_related("alert", "customer__area", "customer__unit").first()
    if contact is None:
        raise NotVisibleError("联系清单上没有这位客户。")
    return contact


def unlocks(by: Actor) -> QuerySet[Unlock]:
    """Return the requests of the actor's units."""
    if by.role not in READERS or not by.unit_path:
        return Unlock.objects.none()
    return Unlock.objects.filter(unit__path__startswith=by.unit_path)


def unlock_to_decide(number: str, *, by: Actor) -> Unlock:
    """Return a request that the actor may decide.

    Raises:
        NotVisibleError: it is absent or of another unit.
    """
    found = unlocks(by).select_related("customer", "unit").filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份申请。")
    return found
