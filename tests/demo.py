"""The demo county as the tests of its figures share it."""

from datetime import datetime

from dianliang.flows.demo.seeding import seed_demo
from dianliang.kernel.calendar import SHANGHAI

AT = datetime(2026, 11, 25, 15, 12, tzinfo=SHANGHAI)
"""An ordinary afternoon."""
TODAY = AT.date()


def build() -> datetime:
    """Seed it; return the moment at which it was built."""
    seed_demo(at=AT)
    return AT
