"""A proof-of-work challenge for sources that post very often: seconds of their computer's time."""

from datetime import datetime, timedelta

from altcha import v1 as altcha
from django.conf import settings

from dianliang.core import limits

HARDNESS = 120_000
VALID_FOR = timedelta(minutes=20)


def fresh(*, at: datetime) -> dict[str, object]:
    """Make a challenge: find the number whose salted SHA-256 is given, before it expires."""
    options = altcha.ChallengeOptions(
        max_number=HARDNESS, hmac_key=settings.SECRET_KEY, expires=at + VALID_FOR
    )
    return dict(vars(altcha.create_challenge(options)))


def is_solved(payload: str, *, at: datetime) -> bool:
    """Tell whether a solution is right, in time, and used for the first time."""
    if not payload:
        return False
    is_right, _ = altcha.verify_solution(payload, settings.SECRET_KEY)
    if not is_right:
        return False
    try:
        limits.count(what="challenge", source=payload, most=1, per=2 * VALID_FOR, at=at)
    except limits.TooManyError:
        return False
    return True
