"""The register of special customers as an Excel table: masked, or in clear with a second person."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.domain.care.models import Unlock
from dianliang.domain.care.operations import unlocking
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.customers import access
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import next_due_on
from dianliang.flows.importing.tables import ADVICE, SPECIAL, TEMPLATES, names
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_account, mask_name, mask_phone
from dianliang.kernel.text import clean_text

FILE = "special.xlsx"
MORE = ("姓名", "电话", "户号", "详细地址", "村社区", "责任单位", "下次应访")
"""Shown after the columns that can be imported again."""
SHEET = "特殊客户"


def template() -> bytes:
    """Return an empty table to fill in."""
    headings, example = TEMPLATES[FILE]
    return blanks.template(headings, example=example, title=FILE, advice=ADVICE)


@transaction.atomic
def export(*, in_clear: bool, reason: str, by: Actor, at: datetime) -> bytes:
    """Return the special customers of the actor's units; the export itself is on record.

    Masked, it can be filled in and imported again: what it does not show stays as it is. In clear
    it takes the approval of a second person, and uses it up. Minors stay masked in both.

    Raises:
        NotVisibleError: the actor has no register.
        InvalidInputError: there is no reason.
        UnableToUnlockError: nobody has approved an export in clear.
    """
    if by.role not in access.READERS or not by.unit_path:
        raise NotVisibleError("没有可导出的特殊客户。")
    reason = clean_text(reason, field="reason", label="导出事由", most=200, least=2)
    if in_clear:
        unlock = unlocking.require(purpose=Unlock.Purpose.EXPORT, customer=None, by=by, at=at)
        unlocking.use(unlock=unlock, by=by, at=at)
    out, count = BytesIO(), 0
    book = blanks.workbook(out)
    sheet = book.add_worksheet(SHEET)
    sheet.set_column(0, len(SPECIAL) + len(MORE) - 1, 16, book.add_format({"num_format": "@"}))
    sheet.write_row(0, 0, (*names(SPECIAL), *MORE), book.add_format(blanks.HEADING))
    sheet.freeze_panes(1, 1)
    for count, cells in enumerate(_cells(in_clear=in_clear, by=by), start=1):
        sheet.write_row(count, 0, cells)
    book.close()
    audit.record_about(
        "customers.customer.export",
        target_type="customers.customer",
        target_id="register",
        by=by,
        at=at,
        after=f"{count} 户，{'明细' if in_clear else '遮盖'}",
        reason=reason,
    )
    return out.getvalue()


def _cells(*, in_clear: bool, by: Actor) -> Iterator[tuple[str, ...]]:
    calendar = work_calendar()
    rows = access.visible(by).select_related("area", "unit").order_by("number")
    for customer in rows.iterator(chunk_size=1000):
        shows = in_clear and customer.special_kind not in access.MINORS
        yield (*_care(customer, shows=shows), *_person(customer, shows=shows, calendar=calendar))


def _care(customer: Customer, *, shows: bool) -> tuple[str, ...]:
    labels = dict(Customer.Format.choices)
    return (
        customer.number,
        customer.get_special_kind_display(),
        str(customer.special_level or ""),
        str(customer.visit_interval_days or ""),
        str(customer.last_visited_on or ""),
        str(customer.consented_on or ""),
        "",
        str(customer.renewal_due_on or ""),
        customer.nominee if shows else "",
        customer.key_holder if shows else "",
        customer.visit_password if shows else "",
        "、".join(str(labels[code]) for code in customer.formats if code in labels),
        customer.outage_note if shows else "",
        customer.preferred_team_code,
    )


def _person(customer: Customer, *, shows: bool, calendar: WorkCalendar) -> tuple[str, ...]:
    return (
        customer.name if shows else mask_name(customer.name),
        customer.phone if shows else mask_phone(customer.phone),
        customer.account_number if shows else mask_account(customer.account_number),
        customer.address if shows else "",
        customer.area.name,
        customer.unit.name if customer.unit else "",
        str(next_due_on(customer, calendar=calendar) or ""),
    )


def file_name(at: datetime) -> str:
    """Return what the exported file is called."""
    return f"special-customers-{at.astimezone(SHANGHAI):%Y%m%d-%H%M}.xlsx"
