"""Campaigns to test with: tables of stairwells, drafts, frozen lists."""

from datetime import date, timedelta
from io import BytesIO

from dianliang.core import blanks
from dianliang.domain.customers.models import Customer
from dianliang.domain.programs.models import Campaign, Target
from dianliang.flows.campaigns import listing, tables
from dianliang.flows.campaigns.listing import Wanted
from tests.town import NOON, TODAY

DUE = TODAY + timedelta(days=60)


def table(*rows) -> bytes:
    """Fill in the template as a person would."""
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, "填写", tables.HEADINGS, examples=rows)
    book.close()
    return out.getvalue()


def stairwell(number: int, area: str = "V1", **cells: str) -> tuple[str, ...]:
    """Return one row of the table: a dark stairwell."""
    row = {
        "key": f"LD-{number:05d}",
        "title": f"幸福里 {number} 单元楼道",
        "area": area,
        "place": f"{number} 幢",
        "lat": "",
        "lon": "",
        "unit": "",
        "due": "",
    }
    return tuple({**row, **cells}.values())


def wanted(**changes) -> Wanted:
    """Describe a campaign as the form does: dark stairwells from a table."""
    known = {
        "title": "楼道亮灯",
        "source": "table",
        "query": {},
        "table": table(*(stairwell(n) for n in range(1, 4))),
        "action": "检查楼道照明并换灯",
        "service_code": "",
        "checklist": "灯亮\n开关完好",
        "proofs": ["photo_pair"],
        "duration_min": 20,
        "unit_code": "S1",
        "starts_on": TODAY,
        "due_on": DUE,
    }
    return Wanted(**{**known, **changes})


def frozen(town, *, by=None, at=NOON, **changes) -> Campaign:
    """Draft a campaign and freeze its list."""
    by = by or town.actor("S1")
    campaign = listing.draft(wanted=wanted(**changes), by=by, at=at)
    return listing.freeze(number=campaign.number, by=by, at=at)


def target(campaign: Campaign, place: int = 0) -> Target:
    """Return one target of a campaign."""
    return Target.objects.filter(campaign=campaign).order_by("number")[place]


def households(town, count: int, *, years: int = 25, unit="S1", area="V1", **fields) -> None:
    """Connect households so many years ago."""
    opened = date(TODAY.year - years, 1, 1)
    start = Customer.objects.count()
    Customer.objects.bulk_create(
        Customer(
            **{
                "number": f"KH{start + n:06d}",
                "kind": "resident",
                "name": "某户",
                "area": town.areas[area],
                "unit": town.units[unit] if unit else None,
                "account_opened_on": opened,
                **fields,
            }
        )
        for n in range(1, count + 1)
    )
