"""What the person who asked does through a program: each once per key, whatever is repeated."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dianliang.core import idempotency
from dianliang.core.files import read_token
from dianliang.domain.intake.queries.following import FollowPage, follow_page, shows_photo
from dianliang.domain.intake.tokens import hashed, participant
from dianliang.flows import posting, rating
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def followed(token: str) -> FollowPage:
    """Return what a follower may see.

    Raises:
        NotVisibleError: nobody holds the token.
    """
    return follow_page(participant(token))


def photo(token: str, photo_token: str) -> bytes:
    """Return a photo of a follower's own need.

    Raises:
        NotVisibleError: nobody holds the token, or the photo is not for him.
    """
    if not shows_photo(participant(token), photo_token):
        raise NotVisibleError("没有找到这张照片。")
    return read_token(photo_token)


def say(
    *, token: str, text: str, photos: tuple[bytes, ...], key: str, by: Actor, at: datetime
) -> FollowPage:
    """Add words or photos; a need that waited for them goes on.

    Raises:
        NotVisibleError, InvalidInputError, KeyReusedError: see `posting.add_words`.
    """
    seen = [hashlib.sha256(photo).hexdigest() for photo in photos]

    def act() -> None:
        posting.add_words(token=token, text=text, photos=photos, by=by, at=at)

    return _once("say", token, {"text": text, "photos": seen}, act, key=key, at=at)


def rate(*, token: str, stars: int, words: str, key: str, by: Actor, at: datetime) -> FollowPage:
    """Rate; an unhappy rating has the need done again by somebody else.

    Raises:
        NotVisibleError, UnableToRateError, InvalidInputError, KeyReusedError: see the operation.
    """

    def act() -> None:
        rating.rate_need(token=token, stars=stars, words=words, by=by, at=at)

    return _once("rate", token, {"stars": stars, "words": words}, act, key=key, at=at)


def cancel(*, token: str, reason: str, key: str, by: Actor, at: datetime) -> FollowPage:
    """Cancel a need as the person who posted it.

    Raises:
        NotVisibleError, IllegalTransitionError, KeyReusedError: see the operation.
    """

    def act() -> None:
        posting.cancel_need(token=token, reason=reason, by=by, at=at)

    return _once("cancel", token, {"reason": reason}, act, key=key, at=at)


def _once(
    what: str, token: str, body: Any, act: Callable[[], None], *, key: str, at: datetime
) -> FollowPage:
    def acted() -> dict[str, Any]:
        act()
        return {}

    unique = hashlib.sha256(f"{hashed(token)}:{key}".encode()).hexdigest()
    idempotency.once(scope=f"follow.{what}", key=unique, body=body, at=at, act=acted)
    return followed(token)
