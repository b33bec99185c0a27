"""Set up a county from Excel files: areas, units, people, customers, network, charges and more.

Every file is read whole, every row checked, every error told with its row; then all is written in
one transaction or nothing. Rules become a draft, which takes effect on its page once it was tried.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.domain.catalog.models import CalendarDay
from dianliang.domain.catalog.operations import load_calendar, load_catalogue
from dianliang.domain.catalog.queries import unannounced_year
from dianliang.domain.directory import rules as present
from dianliang.domain.directory.operations import UnableToChangeRulesError
from dianliang.flows import accounts
from dianliang.flows.charging import sheets as charging_sheets
from dianliang.flows.importing.areas import write_areas
from dianliang.flows.importing.customers import write_customers
from dianliang.flows.importing.holidays import write_holidays
from dianliang.flows.importing.network import write_feeders, write_transformers
from dianliang.flows.importing.special import write_special
from dianliang.flows.importing.tables import ADVICE, TEMPLATES
from dianliang.flows.importing.units import write_units
from dianliang.flows.renewing import reading as renewing
from dianliang.flows.rules import editing, sheets
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many rows of each kind were written."""

    areas: int = 0
    units: int = 0
    teams: int = 0
    people: int = 0
    customers: int = 0
    special: int = 0
    feeders: int = 0
    transformers: int = 0
    days: int = 0
    charges: int = 0
    renewals: int = 0
    rules: int = 0


def templates() -> dict[str, bytes]:
    """Return the files to fill in, by name."""
    made = {
        name: blanks.template(headings, example=example, title=name, advice=ADVICE)
        for name, (headings, example) in TEMPLATES.items()
    }
    return {**made, "rules.xlsx": sheets.blank()}


@transaction.atomic
def import_county(
    *,
    areas: bytes | None = None,
    units: bytes | None = None,
    customers: bytes | None = None,
    special: bytes | None = None,
    feeders: bytes | None = None,
    transformers: bytes | None = None,
    holidays: bytes | None = None,
    charges: bytes | None = None,
    renewals: bytes | None = None,
    rules: bytes | None = None,
    by: Actor,
    at: datetime,
    only_check: bool = False,
) -> Imported:
    """Write what the files hold; rows with a known code are brought up to date.

    With `only_check` everything is tried and taken back.

    Raises:
        UnreadableSheetError: a file cannot be read.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
        UnableToChangeRulesError: somebody's draft of the rules is still open.
    """
    load_catalogue()
    year = at.astimezone(SHANGHAI).year
    load_calendar(years=range(year - 1, year + 2))
    counts = asdict(Imported())
    steps: tuple[tuple[bytes | None, Callable[[bytes], dict[str, int]]], ...] = (
        (areas, write_areas),
        (units, partial(_write_units, at=at)),
        (customers, write_customers),
        (special, partial(write_special, by=by, at=at)),
        (feeders, write_feeders),
        (transformers, write_transformers),
        (holidays, write_holidays),
        (charges, partial(_write_charges, by=by, at=at)),
        (renewals, partial(_write_renewals, by=by, at=at)),
        (rules, partial(_draft_rules, by=by, at=at)),
    )
    for content, write in steps:
        if content is not None:
            counts |= write(content)
    digest = hashlib.sha256(b"".join(content for content, _ in steps if content)).hexdigest()
    audit.record_about(
        "county.import",
        target_type="county",
        target_id=digest[:16],
        by=by,
        at=at,
        after=" ".join(f"{key}={value}" for key, value in counts.items()),
    )
    transaction.set_rollback(only_check)
    return Imported(**counts)


def _write_units(content: bytes, *, at: datetime) -> dict[str, int]:
    written = write_units(content, at=at)
    accounts.leave_office()
    return written


def _write_charges(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    return {"charges": charging_sheets.read(content=content, by=by, at=at)}


def _write_renewals(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    return {"renewals": renewing.read(content=content, by=by, at=at)}


def _draft_rules(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    """Make a file the draft of the rules, unless that would overwrite somebody's."""
    draft = present.draft()
    if draft.is_open:
        raise UnableToChangeRulesError(
            Phrase(
                "派单规则已有一份草稿（%(changed_by)s改过），导入会把它整体换掉。请"
                "先在“派单规则”页上让它生效或放弃，再导入。",
                changed_by=draft.changed_by,
            )
        )
    return {"rules": editing.upload(content=content, seen=draft.revision, by=by, at=at)}


def renew_calendar(*, at: datetime) -> None:
    """Load the coming year as soon as it is known; a running installation need not be told.

    A new version of the program may carry what was announced meanwhile. Before the first import
    there is nothing that a promise could be about.
    """
    year = unannounced_year(on=at.astimezone(SHANGHAI).date())
    if year is not None and CalendarDay.objects.exists():
        load_calendar(years=[year])


@transaction.atomic
def import_special(*, content: bytes, by: Actor, at: datetime, only_check: bool = False) -> int:
    """Write a table of special customers of the actor's own units; return how many rows.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written; every row is named.
    """
    count = write_special(content, by=by, at=at)["special"]
    audit.record_about(
        "county.import",
        target_type="county",
        target_id=hashlib.sha256(content).hexdigest()[:16],
        by=by,
        at=at,
        after=f"special={count}",
    )
    transaction.set_rollback(only_check)
    return count
