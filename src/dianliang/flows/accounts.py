"""The first administrator, and one who lost the password."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import User
from dianliang.domain.catalog.models import Element
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text

OFFICE = "ADMIN"
"""Code of the unit that administrators belong to while there is no other."""


@transaction.atomic
def make_administrator(
    *, username: str, display_name: str, password: str, by: Actor, at: datetime
) -> bool:
    """Open an administrator's account, or give an existing one that role and a new password.

    Tells whether the account is new.

    Raises:
        InvalidInputError: the name or the password will not do.
    """
    username = clean_text(username, field="username", label="登录名", most=64, least=2)
    shown = clean_text(display_name, field="display_name", label="显示名", most=64) or username
    user = User.objects.filter(username=username).first()
    is_new = user is None
    user = user or User(username=username, display_name=shown)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInputError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.is_active = True
    user.save()
    RoleAssignment.objects.get_or_create(
        user=user, role=Role.ADMINISTRATOR, unit=_office(), area=None
    )
    audit.record_about(
        "account.administrator",
        target_type="core.user",
        target_id=username,
        by=by,
        at=at,
        after="新建" if is_new else "授权并重设密码",
    )
    return is_new


def leave_office() -> None:
    """Let administrators belong to the topmost real unit as soon as there is one."""
    top = Unit.objects.filter(parent=None).exclude(code=OFFICE).order_by("path").first()
    office = Unit.objects.filter(code=OFFICE).first()
    if top is None or office is None:
        return
    RoleAssignment.objects.filter(unit=office).update(unit=top)
    office.delete()


def _office() -> Unit:
    """Return the topmost unit, or make one for an installation that has none yet."""
    top = Unit.objects.filter(parent=None).order_by("pk").first()
    return top or Unit.objects.create(
        code=OFFICE,
        name="系统管理",
        kind=Unit.Kind.GOVERNMENT,
        element=Element.GENERAL,
        path=f"/{OFFICE}/",
    )
