"""Whose an account is now: the number of a person who was merged leads to the one who is there."""

from dianliang.domain.workforce.models import Person
from dianliang.domain.workforce.models.merging import PersonMerge


def living(kind: str, code: str) -> str:
    """Return the number under which a holder is known now."""
    if kind != "person" or Person.objects.filter(number=code).exists():
        return code
    merged = PersonMerge.objects.filter(gone_number=code).values_list("person__number", flat=True)
    return merged.first() or code
