"""Of two people who are one: he reads a talk once, and talks with somebody else."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from dianliang.domain.talks.models import Talk, TalkReader
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.kernel.phrases import Phrase


def talks(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Name a reader once.

    Raises:
        UnableToFoldError: the two talked with each other.
    """
    between = Talk.objects.filter(Q(leader=kept, person=gone) | Q(leader=gone, person=kept)).first()
    if between is not None:
        message = Phrase(
            "两人之间有谈话 %(number)s，不会是同一个人。请核对后再合并。", number=between.number
        )
        raise UnableToFoldError(message)
    both = TalkReader.objects.filter(person=kept).values("talk")
    TalkReader.objects.filter(person=gone, talk__in=both).delete()
    return {}


FOLDS = (talks,)
