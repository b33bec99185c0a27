"""What a source that posts very often is asked for: seconds of its computer's time, or a sum."""

import secrets
from datetime import datetime, timedelta

from altcha import v1 as altcha
from django.conf import settings
from django.core import signing

from dianliang.core import limits

HARDNESS = 120_000
VALID_FOR = timedelta(minutes=20)
SUM_SALT = "dianliang.portal.sum"
MOST_SUMS, PER = 6, timedelta(hours=1)
"""Programs can add too: a sum opens the way for a browser without scripts, not for a flood."""


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
    return is_right and _is_first_use("challenge", payload, at=at)


def fresh_sum(*, at: datetime) -> dict[str, str]:
    """Make a sum for a browser without scripts, and the seal that knows its answer."""
    a, b = 2 + secrets.randbelow(8), 2 + secrets.randbelow(8)
    until = int((at + VALID_FOR).timestamp())
    seal = signing.dumps([a + b, until, secrets.token_hex(8)], salt=SUM_SALT)
    return {"question": f"{a} + {b} = ?", "seal": seal}


def is_sum_right(seal: str, answer: str, *, source: str, at: datetime) -> bool:
    """Tell whether the answer is right, in time, used for the first time, and not one of many."""
    try:
        expected, until, _ = signing.loads(seal, salt=SUM_SALT)
    except signing.BadSignature:
        return False
    if answer.strip() != str(expected) or at.timestamp() > until:
        return False
    return _is_first_use("sum", seal, at=at) and _counts("sums", source, most=MOST_SUMS, at=at)


def _is_first_use(what: str, proof: str, *, at: datetime) -> bool:
    return _counts(what, proof, most=1, at=at, per=2 * VALID_FOR)


def _counts(what: str, source: str, *, most: int, at: datetime, per: timedelta = PER) -> bool:
    try:
        limits.count(what=what, source=source, most=most, per=per, at=at)
    except limits.TooManyError:
        return False
    return True
