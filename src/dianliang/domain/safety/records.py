"""What a person on site says about an inspection, before anyone has checked it."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.core.models import StoredFile

OK, NOT_OK, ABSENT = "ok", "not_ok", "na"
ANSWERS = {OK: "合格", NOT_OK: "不合格", ABSENT: "不涉及"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one item was found. Of a number the value follows from its range."""

    code: str
    value: str
    number: float | None = None
    note: str = ""
    photos: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hazard as it was found; `fixed` is the photo after, when it was put right at once."""

    code: str
    words: str
    hazard_class: str
    party: str
    deadline_days: int
    photo: StoredFile | None
    fixed: StoredFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All of an inspection. Whoever did not sign has a reason."""

    answers: tuple[Answer, ...]
    found: tuple[Found, ...]
    inspected_at: datetime
    remarks: str = ""
    signature: StoredFile | None = None
    signer: str = ""
    unsigned_reason: str = ""
