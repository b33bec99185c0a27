"""Errors that carry a message for the person (in Chinese) and a code for programs."""

from typing import ClassVar


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
