"""One or many: wordings that depend on how many there are.

Chinese has one form. A wording in a language that has two writes both where they differ, after the
name of the value that decides: ``%(n)s {n:task is|tasks are} late and %(m)s {m:visit|visits}``. A
sentence may so count more than one thing, which a plural form of gettext cannot.
"""

import re
from collections.abc import Mapping

FORMS = re.compile(r"\{(?P<name>[\w.]+):(?P<one>[^{}|]*)\|(?P<many>[^{}|]*)\}")
"""Of a wording: the name of a value, what is said of one, what is said of any other number."""


def agreed(words: str, values: Mapping[str, object]) -> str:
    """Return a wording in the forms that its values ask for.

    One is what is shown as ``1``: the sentence says ``1 hour`` and ``1.0 hours``.

    Raises:
        KeyError: the wording counts a value that is not there.
    """
    if "{" not in words:
        return words
    return FORMS.sub(lambda form: form["one" if is_one(values[form["name"]]) else "many"], words)


def is_one(value: object) -> bool:
    """Return whether a number is told in the singular, also one that is text already."""
    return not isinstance(value, bool) and str(value).lstrip("-−") == "1"


def counted(words: str) -> set[str]:
    """Return the names of the values by which a wording has forms."""
    return {form["name"] for form in FORMS.finditer(words)}
