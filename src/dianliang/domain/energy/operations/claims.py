"""Every write about claims: stated once, led on, superseded, never changed."""

import hashlib
import json
import math
from dataclasses import asdict, fields
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy import access, plausible
from dianliang.domain.energy.contesting import contest_of, did_ask, may_take_back
from dianliang.domain.energy.freshness import is_stale
from dianliang.domain.energy.lifecycle import CLAIM, CURRENT, LABELS
from dianliang.domain.energy.models import Claim, Evidence, Factor
from dianliang.domain.energy.shapes import ClaimDraft
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase, in_a_row, kept

PREFIX = "LH"
STATED = frozenset({"ESTIMATED", "SCREENED", "MEASURED"})
"""How far a number may be shown when it is recorded: nobody verifies his own."""
LINKED = frozenset({"evidence", "findings", "factor", "part_of", "unit_code", "is_generated"})
"""What a draft says that is stored otherwise than by its name."""
MOST = 1e15
MOST_HELD_BACK = 300


class UnableToClaimError(DomainError):
    """The number cannot be stated, or led on, like this."""

    code = "energy.unable-to-claim"


@transaction.atomic
def record(*, draft: ClaimDraft, by: Actor, at: datetime, supersedes: Claim | None = None) -> Claim:
    """State a number with what bears it out (登记声明).

    What is not its activity times its factor stands, but is held back from being verified.

    Raises:
        UnableToClaimError: something is missing or contradicts itself; `field` names it.
        NotVisibleError: the unit, or the claim that it is part of, is not the actor's.
    """
    _check(draft)
    if by.role not in access.WRITERS | {Role.SYSTEM}:
        raise NotVisibleError("没有找到这条量化声明。")
    if draft.key and Claim.objects.filter(key=draft.key, status__in=CURRENT).exists():
        raise UnableToClaimError("这个数已经登记过；数有变化请更正原声明。", field="key")
    stored = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in LINKED}
    factor = _factor(draft)
    stored["held_back"] = _held_back(draft, factor)
    told = {name: words.kept() for name, words in stored.items() if isinstance(words, Phrase)}
    claim = Claim.objects.create(
        number=next_number(PREFIX, at=at),
        **{name: str(v) if isinstance(v, Phrase) else v for name, v in stored.items()},
        told=told,
        findings=[kept(words) for words in draft.findings],
        factor=factor,
        part_of=access.claim_to_see(draft.part_of, by=by) if draft.part_of else None,
        unit=_unit(draft.unit_code or by.unit_code, by=by),
        supersedes=supersedes,
        digest=digest_of(draft),
        recorded_by=by.id,
        recorder=by.name,
        recorder_person=by.person_number,
        recorded_at=at,
        is_generated=draft.is_generated,
    )
    Evidence.objects.bulk_create(
        Evidence(
            claim=claim,
            position=position,
            kind=one.kind,
            number=one.number,
            words=str(one.words),
            told=one.words.kept() if isinstance(one.words, Phrase) else None,
            digest=one.digest,
        )
        for position, one in enumerate(draft.evidence, start=1)
    )
    audit.record("energy.claim.record", target=claim, by=by, at=at, after=claim.status)
    return claim


@transaction.atomic
def supersede(*, claim: Claim, draft: ClaimDraft, reason: str, by: Actor, at: datetime) -> Claim:
    """Put another number in the place of one that was wrong (更正); the old one stays readable.

    Raises:
        UnableToClaimError: there is no reason, the measure is another, or see `record`; or it is
            verified and no other person has asked for it.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not reason.strip():
        raise UnableToClaimError("请写明更正的原因。", field="reason")
    if draft.measure != claim.measure:
        raise UnableToClaimError("更正不能改变计量单位；请撤回后另行登记。", field="measure")
    _check_contested(claim, by=by)
    transitions.apply(claim, "supersede", lifecycle=CLAIM, by=by, at=at, note=reason)
    return record(draft=draft, by=by, at=at, supersedes=claim)


@transaction.atomic
def lead_on(*, claim: Claim, verb: str, reason: str, by: Actor, at: datetime) -> Claim:
    """Screen, confirm, verify, contest or withdraw a claim, with the words of who does it.

    What somebody contested he may take back (`uncontest`).

    Raises:
        UnableToClaimError: there are no words, or the claim does not carry it: no interval, no
            evidence or a period still running; it is its recorder who confirms or verifies; or the
            entries under it have changed; or nobody else asked to withdraw what is verified.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not reason.strip():
        raise UnableToClaimError("请写明依据或原因。", field="reason")
    CLAIM.target(claim.status, verb, role=by.role)
    if verb in {"confirm", "verify"}:
        _check_shown(claim, by=by, at=at)
    if verb == "withdraw":
        _check_contested(claim, by=by)
    changes: dict[str, object] = {}
    if verb == "contest":
        changes = {"contester_person": by.person_number}
    if verb == "uncontest":
        _check_own_contest(claim, by=by)
        changes = {"contester_person": ""}
    if verb == "verify":
        if is_stale(claim):
            raise UnableToClaimError(
                "还不能核证：分录在登记后变了。请先到碳账户按现在的分录重算，再核证新的数。"
            )
        if claim.held_back:
            raise UnableToClaimError(Phrase("还不能核证：%(held_back)s", held_back=claim.held_back))
        changes = {
            "verifier": by.name,
            "verifier_person": by.person_number,
            "verified_at": at,
        }
    return transitions.apply(
        claim, verb, lifecycle=CLAIM, by=by, at=at, note=reason, changes=changes
    )


def _check_shown(claim: Claim, *, by: Actor, at: datetime) -> None:
    """Refuse to call measured what nobody else looked at, or what nothing bears out yet."""
    if claim.confidence is None or claim.until_on is None:
        raise UnableToClaimError("没有置信区间和数据期的数不能算实测；请补充测量后更正。")
    if by.is_who(account=claim.recorded_by, person=claim.recorder_person):
        raise UnableToClaimError(Phrase("登记人不能确认或核证自己登记的数，请由另一人来做。"))
    if claim.until_on > at.astimezone(SHANGHAI).date():
        raise UnableToClaimError(Phrase("数据期还没有结束，不能算实测；结束后再确认。"))
    if not claim.evidence.exists():
        raise UnableToClaimError(Phrase("没有依据的数不能算实测；请撤回，写明依据后另行登记。"))


def _check_contested(claim: Claim, *, by: Actor) -> None:
    """Refuse that one person takes a verified number away: two showed it, two take it back."""
    if claim.status != "VERIFIED":
        return
    asked = contest_of(claim)
    if asked is None:
        words = "已核证的数要两个人才能更正或撤回：先提出并写明原因，再由另一人来做。"
        raise UnableToClaimError(Phrase(words))
    if did_ask(asked, claim, by=by):
        raise UnableToClaimError(Phrase("更正或撤回是您提出的，请由另一人核对后来做。"))


def _check_own_contest(claim: Claim, *, by: Actor) -> None:
    asked = contest_of(claim)
    if asked is None:
        raise UnableToClaimError(Phrase("没有人提出更正或撤回，不需要收回。"))
    if not may_take_back(asked, claim, by=by):
        words = Phrase("更正或撤回是%(name)s提出的，只能由本人收回。", name=asked.actor_name)
        raise UnableToClaimError(words)


def digest_of(draft: ClaimDraft) -> str:
    """Return the SHA-256 of all that a draft says: equal drafts, and only they, have the same."""
    said = json.dumps(asdict(draft), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _held_back(draft: ClaimDraft, factor: Factor | None) -> str:
    """Return all that keeps a number from being verified, as one sentence with its parts."""
    return in_a_row((draft.held_back, plausible.apart(draft, factor)), most=MOST_HELD_BACK)


def _check(draft: ClaimDraft) -> None:
    """Refuse what contradicts itself, with words for whoever fills in a form."""
    for words, field, is_wrong in _wrongs(draft):
        if is_wrong:
            raise UnableToClaimError(words, field=field)
    for column in Claim._meta.local_fields:
        said = getattr(draft, column.name, "")
        if column.max_length and isinstance(said, str) and len(said) > column.max_length:
            words = Phrase(
                "“%(verbose_name)s”最多 %(max_length)s 个字。",
                verbose_name=column.verbose_name,
                max_length=column.max_length,
            )
            raise UnableToClaimError(words, field=column.name)


def _wrongs(draft: ClaimDraft) -> list[tuple[str, str, bool]]:
    figures = (draft.value, draft.low, draft.high, draft.activity)
    low, high, sure = draft.low, draft.high, draft.confidence
    has_range = low is not None and high is not None
    is_measured = draft.status == "MEASURED"
    return [
        ("请写标题。", "title", not draft.title.strip()),
        ("请选择类型。", "kind", draft.kind not in Claim.Kind.values),
        ("请选择计量单位。", "measure", draft.measure not in Claim.Measure.values),
        ("请选择方法类别。", "option", draft.option not in Claim.Option.values),
        ("请写明方法。", "method", not draft.method.strip()),
        ("请写明边界：算了什么，没算什么。", "boundary", not draft.boundary.strip()),
        ("请写明对象。", "subject_name", not draft.subject_name.strip()),
        (
            Phrase("登记时的状态只能是%(stated)s。", stated=_stated()),
            "status",
            draft.status not in STATED,
        ),
        ("数值不是数，或大得不可信。", "value", not all(map(_is_sane, figures))),
        ("上下限要么都填，要么都不填。", "low", (low is None) != (high is None)),
        ("下限大于上限。", "low", low is not None and high is not None and low > high),
        ("区间应包含数值。", "low", has_range and not _holds(low, draft.value, high)),
        ("置信水平应在 0.5 到 1 之间。", "confidence", sure is not None and not 0.5 < sure < 1),
        ("有置信水平就要有上下限。", "low", sure is not None and not has_range),
        ("没有置信区间，请写明原因。", "no_interval", sure is None and not draft.no_interval),
        ("有置信区间，就不写没有区间的原因。", "no_interval", bool(sure and draft.no_interval)),
        ("实测的数要有置信区间。", "confidence", is_measured and sure is None),
        ("实测的数要有数据期。", "from_on", is_measured and draft.from_on is None),
        ("数据期的止应在起之后。", "until_on", _is_bad(draft.from_on, draft.until_on)),
        (
            "基准期的止应在起之后。",
            "base_until_on",
            _is_bad(draft.base_from_on, draft.base_until_on),
        ),
        ("用了因子就要有活动数据及其单位。", "activity", _lacks_activity(draft)),
        *plausible.wrongs(draft),
    ]


def _stated() -> str:
    return "、".join(LABELS[status] for status in LABELS if status in STATED)


def _is_sane(value: float | None) -> bool:
    return value is None or (math.isfinite(value) and abs(value) < MOST)


def _holds(low: float | None, value: float, high: float | None) -> bool:
    return low is not None and high is not None and low <= value <= high


def _is_bad(first: date | None, until: date | None) -> bool:
    if first is None or until is None:
        return first is not until
    return until <= first


def _lacks_activity(draft: ClaimDraft) -> bool:
    return bool(draft.factor) and (draft.activity is None or not draft.activity_unit)


def _factor(draft: ClaimDraft) -> Factor | None:
    if not draft.factor:
        return None
    found = Factor.objects.filter(code=draft.factor).first()
    if found is None:
        raise UnableToClaimError(
            Phrase("因子库里没有“%(factor)s”。", factor=draft.factor), field="factor"
        )
    per = found.unit.partition("/")[2]
    if per != draft.activity_unit:
        message = Phrase(
            "因子按每 %(per)s，活动数据却是 %(activity_unit)s，请换算后再填。",
            per=per,
            activity_unit=draft.activity_unit,
        )
        raise UnableToClaimError(message, field="activity_unit")
    if not plausible.does_fit(found, draft.measure):
        words = Phrase("这个因子算不出这个计量单位的数，请换因子或单位。")
        raise UnableToClaimError(words, field="factor")
    return found


def _unit(code: str, *, by: Actor) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None or not by.reaches_unit(found.path):
        raise NotVisibleError("没有找到这个单位。")
    return found
