"""Show what a base has, and check what others showed."""

from datetime import date, datetime, timedelta

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.core.papers import keep_paper
from dianliang.domain.intake.models import Need
from dianliang.domain.programs.models import Activity
from dianliang.domain.venues import proofs, standards
from dianliang.domain.venues.models import BaseProof, Site
from dianliang.domain.venues.proofs import Shown, proof_to_check
from dianliang.domain.work.models import Visit
from dianliang.flows.bases.reach import may_change, site_to_change
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


def give(
    *,
    code: str,
    item_key: str,
    paper: bytes | None,
    record: str,
    words: str,
    from_on: date | None,
    expires_on: date | None,
    by: Actor,
    at: datetime,
) -> BaseProof:
    """Show that a base has an item: a photo or PDF, the number of a record of this base, a note.

    Without days it is good from today for as long as the item allows.

    Raises:
        NotVisibleError: the base is absent, or another unit's.
        InvalidInputError, UnableToProveError: an unknown item or record, a file that is none, or
            see the operation.
    """
    site, today = site_to_change(code, by=by), at.astimezone(SHANGHAI).date()
    item = standards.in_force().item(item_key)
    if item is None:
        raise InvalidInputError("标准里没有这个条目，可能刚发布了新一版，请刷新。", field="item")
    number = record.strip().upper()
    if number and not _is_of(site, number):
        message = Phrase(
            "没有编号为 %(number)s 的行动、需求或上门记录，或它不在这个阵地。", number=number[:24]
        )
        raise InvalidInputError(message, field="record")
    begins = from_on or today
    shown = Shown(
        file=keep_paper(paper, at=at, field="paper") if paper else None,
        record=number,
        words=clean_text(words, field="words", label="说明", most=500),
        from_on=begins,
        expires_on=expires_on or begins + timedelta(days=item.valid_days),
    )
    return proofs.give(site=site, item=item, shown=shown, by=by, at=at)


def _is_of(site: Site, number: str) -> bool:
    """Tell whether a record of this number belongs to the base."""
    return (
        Activity.objects.filter(number=number, site=site).exists()
        or Need.objects.filter(number=number, site=site).exists()
        or Visit.objects.filter(number=number, job__need_part__need__site=site).exists()
    )


def _to_check(number: str, *, by: Actor) -> BaseProof:
    proof = proof_to_check(number, by=by)
    if not may_change(proof.site, by=by):
        raise NotVisibleError("没有找到这份佐证。")
    return proof


def base_of(*, number: str, by: Actor) -> str:
    """Return the code of the base that a proof is about.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    return _to_check(number, by=by).site.code


def accept(*, number: str, share_percent: int, verdict: str, by: Actor, at: datetime) -> BaseProof:
    """Accept a proof of somebody else with a share of the full mark.

    Raises:
        NotVisibleError: absent, or another unit's.
        UnableToProveError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    words = clean_text(verdict, field="verdict", label="意见", most=200)
    proof = _to_check(number, by=by)
    return proofs.check(proof=proof, share_percent=share_percent, verdict=words, by=by, at=at)


def refuse(*, number: str, verdict: str, by: Actor, at: datetime) -> BaseProof:
    """Send a proof back with a reason.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    words = clean_text(verdict, field="verdict", label="退回原因", most=200, least=2)
    return proofs.refuse(proof=_to_check(number, by=by), verdict=words, by=by, at=at)


def withdraw(*, number: str, verdict: str, by: Actor, at: datetime) -> BaseProof:
    """Take a proof away, with a reason.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    words = clean_text(verdict, field="verdict", label="撤下原因", most=200, least=2)
    return proofs.withdraw(proof=_to_check(number, by=by), verdict=words, by=by, at=at)


def paper_of(*, number: str, by: Actor) -> tuple[StoredFile, bytes]:
    """Return the file of a proof of a base in the actor's sight.

    Raises:
        NotVisibleError: the proof is absent, another unit's, or has no file.
    """
    proof = proof_to_check(number, by=by)
    if proof.file is None:
        raise NotVisibleError("这份佐证没有文件。")
    return proof.file, files.read(proof.file)
