"""What is said behind a number on pages: 3 people, 1 person."""

import re
from collections.abc import Iterator
from itertools import chain

from tools.wording.files import ROOT, calls, is_chinese, python_files, texts

COUNTED = "counted"
"""Context of these messages: the same word elsewhere may be a heading, or mean something else."""
IN_TEMPLATE = re.compile(r'"([^"]+)"\|counted:')


def from_units() -> Iterator[str]:
    """Yield every unit that a page says behind a number, in the singular for one."""
    from dianliang.domain.appraisal.measures import MEASURES
    from dianliang.domain.ledger.wording import UNITS
    from dianliang.flows.policies.keeping import COUNTED_IN

    for path in sorted(ROOT.rglob("*.html")):
        if "node_modules" not in path.parts:
            yield from IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))
    for path in python_files():
        keywords = chain.from_iterable(call.keywords for call in calls(path))
        for keyword in keywords:
            if keyword.arg in {"unit", "counted_in"}:
                yield from filter(is_chinese, texts(keyword.value))
    yield from (measure.unit for measure in MEASURES.values())
    yield from chain(UNITS.values(), COUNTED_IN.values())


def units() -> list[str]:
    """Return the units, each once."""
    return sorted({*from_units()})
