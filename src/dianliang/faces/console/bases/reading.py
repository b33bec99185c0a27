"""What the pages of bases read from their forms, and who works there."""

from django.http import HttpRequest

from dianliang.faces.console.fields import degrees
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.bases.file import Described
from dianliang.flows.bases.reach import EDITORS
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, StaleStateError

READERS = (*EDITORS, Role.COMMANDER, Role.AUDITOR)
LONGEST = 9


def text(request: HttpRequest, name: str) -> str:
    """Return a field of a form; a NUL, which no database keeps, goes."""
    return request.POST.get(name, "").replace("\0", "")


def revision(request: HttpRequest) -> int:
    """Return the revision that the person saw.

    Raises:
        StaleStateError: the form does not say; it must be an old page.
    """
    seen = text(request, "seen")
    if not (seen.isascii() and seen.isdecimal() and len(seen) <= LONGEST):
        raise StaleStateError(_("页面已过期，请刷新后再改。"))
    return int(seen)


def number(request: HttpRequest, name: str, *, label: str) -> int:
    """Return a whole number of a form.

    Raises:
        InvalidInputError: it is none.
    """
    value = text(request, name).strip()
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST):
        raise InvalidInputError(_("%(label)s应填整数。") % {"label": label}, field=name)
    return int(value)


def described(request: HttpRequest) -> Described:
    """Return a base as the form describes it.

    Raises:
        InvalidInputError: a position is no number.
    """
    return Described(
        name=text(request, "name"),
        kind=text(request, "kind"),
        venue_type=text(request, "venue_type"),
        area_code=text(request, "area"),
        unit_code=text(request, "unit"),
        address=text(request, "address"),
        lat=degrees(text(request, "lat"), field="lat", label=_("纬度"), most=90),
        lon=degrees(text(request, "lon"), field="lon", label=_("经度"), most=180),
    )
