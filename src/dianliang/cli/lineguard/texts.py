"""Texts that somebody wrote beside films: cameras, labels."""

from pathlib import Path

from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.text import decoded

MOST_BYTES = 4 * 1024 * 1024


def text_of(path: Path) -> str:
    """Return what a file says.

    Raises:
        InvalidInputError: it cannot be read, is too long, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error
    text = decoded(content) if len(content) <= MOST_BYTES else None
    if text is None:
        raise InvalidInputError(f"{path} 不是文本，或大于 4 MB。")
    return text
