"""Errors that carry a message for the person (in Chinese) and a code for programs."""

import errno
from typing import ClassVar

from dianliang.kernel.phrases import Phrase

OF_FILES = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "它是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "磁盘只能读",
    errno.ENAMETOOLONG: "名字太长",
}
"""What the system says of files most often, in words for the person."""


def reason(error: OSError) -> str:
    """Say why a file could not be read or written; the rare, as the system says it."""
    known = OF_FILES.get(error.errno or 0)
    return Phrase(known) if known else error.strerror or type(error).__name__


class DomainError(Exception):
    """Refuse an action with words that a person can act on.

    `message` is shown as it is; `field` names the input it belongs to, when there is one.
    """

    code: ClassVar[str] = "domain.refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class IllegalTransitionError(DomainError):
    """The verb does not apply to the state that the object is in."""

    code = "lifecycle.illegal-transition"


class NotYourTurnError(DomainError):
    """The verb exists, but not for this role."""

    code = "lifecycle.not-your-turn"


class StaleStateError(DomainError):
    """Someone else moved the object first."""

    code = "lifecycle.stale-state"


class InvalidInputError(DomainError):
    """A value cannot be what it claims to be; `field` names it."""

    code = "input.invalid"


class NotVisibleError(DomainError):
    """The object is absent, or this actor may not see it; both look the same."""

    code = "access.not-visible"


class KeyReusedError(DomainError):
    """The idempotency key was used before with another body."""

    code = "idempotency.key-reused"
