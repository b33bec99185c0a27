"""The English catalogues: what they hold, what they lack, how they are written anew."""

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.wording.county import from_villages
from tools.wording.files import ROOT, files_in
from tools.wording.guarding import (
    from_alerts,
    from_command,
    from_energy,
    from_key_customers,
    from_linewatch,
    from_resources,
)
from tools.wording.party import (
    from_appraisal,
    from_bases,
    from_booking,
    from_branches,
    from_honours,
)
from tools.wording.refusals import NOT_YET_IN_ENGLISH, composed_refusals, from_refusals
from tools.wording.service import (
    from_enterprises,
    from_hours,
    from_ledger,
    from_outreach,
    from_rosters,
    from_tables,
    from_triage,
)
from tools.wording.sources import from_administration, from_measuring, from_scripts, from_sources
from tools.wording.units import COUNTED, units

FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
SCRIPTS = "djangojs"
DOMAINS = ("django", SCRIPTS)
IN_A_ROW = "%(first)s%(second)s"
"""Of sentences in a row (`kernel.phrases`): English puts a space between them."""


def wanted(domain: str = "django") -> list[str]:
    """Return every message that a page or a script may show, each once."""
    found = (
        from_scripts()
        if domain == SCRIPTS
        else (
            *from_sources(),
            *from_refusals(),
            *from_measuring(),
            *from_administration(),
            *from_tables(),
            *from_triage(),
            *from_villages(),
            *from_rosters(),
            *from_bases(),
            *from_branches(),
            *from_linewatch(),
            *from_appraisal(),
            *from_outreach(),
            *from_enterprises(),
            *from_honours(),
            *from_resources(),
            *from_energy(),
            *from_hours(),
            *from_ledger(),
            *from_booking(),
            *from_alerts(),
            *from_key_customers(),
            *from_command(),
        )
    )
    return sorted({message for message in found if not message.isascii() or message == IN_A_ROW})


def catalogue(domain: str = "django") -> Catalog:
    """Return an English catalogue as it is."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def done_rooms() -> list[str]:
    """Return the rooms that are listed as not yet in English although nothing is left to do."""
    known = catalogue()

    def is_done(room: str) -> bool:
        here = files_in([room])
        said = ((known.get(words) or Message(words)).string for words in from_refusals(here))
        return all(said) and not any(composed_refusals(here))

    return [room for room in NOT_YET_IN_ENGLISH if is_done(room)]


def missing() -> list[str]:
    """Return the messages without an English wording, and the units without both their forms."""
    left = []
    for domain in DOMAINS:
        known = catalogue(domain)
        left += [message for message in wanted(domain) if not _said(known, message)]
    known = catalogue()
    return left + [f"{COUNTED}: {unit}" for unit in units() if not all(_forms(known, unit))]


def _said(known: Catalog, message: str) -> str:
    """Return the English of a message, which a catalogue may lack."""
    entry = known.get(message)
    return str(entry.string) if entry else ""


def _forms(known: Catalog, unit: str) -> tuple[str, str]:
    """Return what is said of one and what is said of more."""
    entry = known.get(unit, COUNTED)
    one, many = entry.string if entry else ("", "")
    return one, many


def update(translations: dict[str, str] | None = None, *, domain: str = "django") -> None:
    """Write a catalogue anew: all wanted messages, what is known kept."""
    known, fresh = (
        catalogue(domain),
        Catalog(locale="en", project="dianliang", version="0.1", charset="utf-8"),
    )
    for message in wanted(domain):
        text = (translations or {}).get(message) or _said(known, message)
        flags = ["python-format"] if "%(" in message else []
        fresh.add(message, text, flags=flags)
    for unit in [] if domain == SCRIPTS else units():
        fresh.add((unit, unit), _forms(known, unit), context=COUNTED)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{domain}.po").open("wb") as file:
        write_po(file, fresh, width=100, omit_header=False)
    with (FOLDER / f"{domain}.mo").open("wb") as file:
        write_mo(file, fresh)
