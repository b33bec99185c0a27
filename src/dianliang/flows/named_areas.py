"""Areas as people name them: ticked in a list, or pasted from a message."""

import re
from collections.abc import Sequence

from django.db.models import Q

from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

SPLIT = re.compile("[\\s、,，;；]+")
COMMITTEES = ("委会", "居委会")
"""What the register adds to the name that people and other pages use: 铜山村 is 铜山村委会."""


def named_areas(codes: Sequence[str], villages: str) -> list[Area]:
    """Return the areas that are meant; what is unknown or has two meanings is named.

    Raises:
        InvalidInputError: one is unknown, or names two places; all such are named.
    """
    words = [word for word in SPLIT.split(villages) if word]
    asked = {*codes, *words}
    written = {word + ending for word in asked for ending in ("", *COMMITTEES)}
    known = list(Area.objects.filter(Q(code__in=asked) | Q(name__in=written)))
    named = {
        word: [a for a in known if word in (a.code, a.name, spoken_name(a.name))] for word in asked
    }
    if lost := sorted(word for word, found in named.items() if not found):
        message = Phrase(
            "没有找到这些区域：%(lost)s。请核对名称，或改填区域编码。", lost=joined("、", lost)
        )
        raise InvalidInputError(message, field="villages")
    if twice := sorted(word for word, found in named.items() if len(found) > 1):
        message = Phrase("这些名称不止一处：%(twice)s。请改填区域编码。", twice=joined("、", twice))
        raise InvalidInputError(message, field="villages")
    return sorted({found[0].pk: found[0] for found in named.values()}.values(), key=_code)


def _code(area: Area) -> str:
    return area.code
