"""Chain the audit trail: batches of events are hashed, linked and signed (Ed25519).

Sealing runs outside the business transaction, so that writers never queue behind it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min

from dianliang.core.models import AuditEvent, AuditSeal

SETTLING_TIME = timedelta(minutes=10)
"""Events younger than this stay unsealed: a slow transaction may still commit a lower id."""
BATCH_EVENTS = 50_000
KEY_ID = "s1"
GENESIS = "0" * 64
COLUMNS = (
    "id",
    "at",
    "device_at",
    "actor_id",
    "actor_name",
    "role",
    "unit_code",
    "verb",
    "target_type",
    "target_id",
    "before",
    "after",
    "reason",
    "outcome",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found: how much is sealed, and every break of the chain in words."""

    seals: int
    sealed_events: int
    unsealed_events: int
    breaks: tuple[str, ...]
    head: str = ""

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing was altered, added or removed under a seal."""
        return not self.breaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The seal over one event: its place in the chain, what it spans, and its hash."""

    number: int
    first_id: int
    last_id: int
    sealed_at: datetime
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the chain reaches, without proving anything."""

    seals: int
    last_id: int
    sealed_at: datetime | None
    unsealed_events: int


def standing() -> Standing:
    """Return how far the chain reaches. Takes three queries, none over the sealed events."""
    last = AuditSeal.objects.order_by("-last_id").first()
    last_id = last.last_id if last else 0
    return Standing(
        seals=AuditSeal.objects.count(),
        last_id=last_id,
        sealed_at=last.sealed_at if last else None,
        unsealed_events=AuditEvent.objects.filter(id__gt=last_id).count(),
    )


def cover(event_id: int) -> Cover | None:
    """Return the seal over an event; None while it waits for one."""
    seal = AuditSeal.objects.filter(first_id__lte=event_id, last_id__gte=event_id).first()
    if seal is None:
        return None
    return Cover(
        number=AuditSeal.objects.filter(last_id__lte=seal.last_id).count(),
        first_id=seal.first_id,
        last_id=seal.last_id,
        sealed_at=seal.sealed_at,
        content_hash=seal.content_hash,
    )


def seal_settled(*, at: datetime) -> int:
    """Seal all settled events; return how many seals were added."""
    added = 0
    while _seal_next(at=at):
        added += 1
    return added


@transaction.atomic
def _seal_next(*, at: datetime) -> bool:
    last = AuditSeal.objects.select_for_update().order_by("-last_id").first()
    after = last.last_id if last else 0
    young = AuditEvent.objects.filter(id__gt=after, at__gte=at - SETTLING_TIME)
    limit = young.aggregate(first=Min("id"))["first"]
    events = AuditEvent.objects.filter(id__gt=after)
    if limit is not None:
        events = events.filter(id__lt=limit)
    ids = list(events.order_by("id").values_list("id", flat=True)[:BATCH_EVENTS])
    if not ids:
        return False
    previous = last.content_hash if last else GENESIS
    content_hash = _hash(ids[0], ids[-1], previous=previous)
    AuditSeal.objects.create(
        first_id=ids[0],
        last_id=ids[-1],
        sealed_at=at,
        previous_hash=previous,
        content_hash=content_hash,
        key_id=KEY_ID,
        signature=_private_key().sign(content_hash.encode()).hex(),
    )
    return True


def verify(
    *,
    last: int | None = None,
    head: str = "",
    report: Callable[[float], object] | None = None,
) -> Verdict:
    """Recompute the whole chain, or its newest `last` seals. Cost: one pass, constant memory.

    `head` is the hash of a newest seal that was noted elsewhere: a chain that lost its end, seals
    and events alike, no longer holds it. `report` hears before each seal which share is done.
    """
    breaks: list[str] = []
    seals = list(AuditSeal.objects.order_by("first_id"))
    shown = seals if last is None else seals[-last:]
    before = seals[len(seals) - len(shown) - 1] if len(shown) < len(seals) else None
    previous = before.content_hash if before else GENESIS
    last_id = before.last_id if before else 0
    sealed = 0
    for done, seal in enumerate(shown):
        if report is not None:
            report(done / len(shown))
        breaks += _breaks(seal, previous=previous, after=last_id)
        previous, last_id = seal.content_hash, seal.last_id
        sealed += AuditEvent.objects.filter(id__range=(seal.first_id, seal.last_id)).count()
    if head and head not in {seal.content_hash for seal in seals}:
        breaks.append("链中没有您记下的链头：末尾的封印被整段删除。")
    newest = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    unsealed = AuditEvent.objects.filter(id__gt=last_id).count() if newest > last_id else 0
    return Verdict(
        seals=len(shown),
        sealed_events=sealed,
        unsealed_events=unsealed,
        breaks=tuple(breaks),
        head=seals[-1].content_hash if seals else "",
    )


def _breaks(seal: AuditSeal, *, previous: str, after: int) -> Iterator[str]:
    name = f"封印 {seal.first_id}–{seal.last_id}"
    if seal.previous_hash != previous:
        yield f"{name}：与前一封印不相连。"
    if AuditEvent.objects.filter(id__gt=after, id__lt=seal.first_id).exists():
        yield f"{name}：之前有未封印的事件，疑似事后插入。"
    if _hash(seal.first_id, seal.last_id, previous=seal.previous_hash) != seal.content_hash:
        yield f"{name}：内容与封印不符，事件被改动、删除或插入。"
    try:
        _private_key().public_key().verify(
            bytes.fromhex(seal.signature), seal.content_hash.encode()
        )
    except (InvalidSignature, ValueError):
        yield f"{name}：签名无效。"


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SEAL_KEY))


def _lines(first_id: int, last_id: int) -> Iterator[bytes]:
    rows = AuditEvent.objects.filter(id__range=(first_id, last_id)).order_by("id")
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=5000):
        plain = [
            value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for value in row
        ]
        yield json.dumps(plain, ensure_ascii=True).encode()


def _hash(first_id: int, last_id: int, *, previous: str) -> str:
    digest = hashlib.sha256(previous.encode())
    for line in _lines(first_id, last_id):
        digest.update(line)
        digest.update(b"\n")
    return digest.hexdigest()
