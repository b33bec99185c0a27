"""Where the records behind a figure of a present file are, for whoever may open that page."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from dianliang.flows.village_file.model import Section, VillageFile
from dianliang.flows.village_file.records import NEED_FACTS
from dianliang.kernel.actor import Role

DESK = frozenset({Role.DISPATCHER})
Address = Callable[[VillageFile], str]


def _network(page: str, **asked: str) -> Address:
    return lambda file: f"{reverse(page)}?{urlencode({'village': file.code, **asked})}"


def _needs(fact: str) -> Address:
    return lambda file: reverse("console:village_behind", args=[file.code, fact])


ANYBODY: dict[str, Address] = {
    "transformers.count": _network("console:transformers"),
    "transformers.public": _network("console:transformers", use="public"),
    "transformers.dedicated": _network("console:transformers", use="dedicated"),
    "transformers.capacity": _network("console:transformers"),
    "transformers.households": _network("console:transformers"),
    "load.peak": _network("console:transformers"),
    "load.share": _network("console:transformers"),
    "load.over": _network("console:transformers", strain="over"),
    "load.heavy": _network("console:transformers", strain="heavy"),
    "load.unknown": _network("console:transformers", strain="unknown"),
    "lines.count": _network("console:feeders"),
    "lines.length": _network("console:feeders"),
    "outages.count": _network("console:outages"),
    "outages.hours": _network("console:outages"),
    "outages.now": _network("console:outages"),
    "outages.announced": _network("console:outages"),
    "station.name": lambda file: f"{reverse('console:stations')}#{file.code}",
    "work.open": lambda file: "#work",
    "plan.count": lambda file: "#plan",
    "plan.done": lambda file: "#plan",
    "plan.late": lambda file: "#plan",
    "people.teams": lambda file: "#people",
    "photos.count": lambda file: "#photos",
}
"""By section and fact."""
AT_THE_DESK: dict[str, Address] = {
    **{fact: _needs(fact) for fact in NEED_FACTS},
    "people.workers": lambda file: reverse("console:grid"),
}
"""What only a dispatcher may open."""


def opened_by(file: VillageFile, section: Section, fact: str, *, role: Role) -> str:
    """Return the address of the records behind a fact, or nothing."""
    key = f"{section.key}.{fact}"
    known = ANYBODY | AT_THE_DESK if role in DESK else ANYBODY
    return known[key](file) if key in known else ""
