"""Words about time that pages, files and the report share."""

from dianliang.kernel.phrases import Phrase


def variance(days: int | None) -> str:
    """Say how many days sooner or later something is than planned."""
    if days is None:
        return "—"
    if days == 0:
        return Phrase("按期")
    if days > 0:
        return Phrase("晚 %(days)s 天", days=days)
    return Phrase("早 %(days)s 天", days=-days)
