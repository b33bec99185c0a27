"""Messages of pages that Python puts its values into."""

from typing import Any

from django.utils import translation

from dianliang.kernel.plurals import agreed


class Wording(str):
    """A translated message: ``wording % values`` agrees with its numbers."""

    __slots__ = ()

    def __mod__(self, values: Any) -> str:
        """Choose the forms that the values ask for, then put the values in."""
        return str.__mod__(agreed(self, values) if isinstance(values, dict) else self, values)


def gettext(message: str) -> Wording:
    """Return a message in the reader's language."""
    return Wording(translation.gettext(message))
