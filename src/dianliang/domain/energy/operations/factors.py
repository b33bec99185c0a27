"""Every write about factors: a new version, never another value in an old one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.second_person import withdraw
from dianliang.domain.energy import access
from dianliang.domain.energy.models import Factor, FactorCheck
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST = 100_000
LEAST = Decimal("0.000001")
"""The last decimal that is kept: what is less would become zero."""
MAYBE_ZERO = frozenset({Factor.Kind.CERTIFICATE, Factor.Kind.AVERAGE})
"""Green electricity, and a grid of nothing but water power, emit nothing; no fuel does."""

IDENTITY = ("carrier", "kind", "level", "region", "year")
"""What makes it this factor; whatever else changes is its next version."""
SAID = ("value", "low", "high", "unit", "source")


class UnableToKeepFactorError(DomainError):
    """The factor cannot be kept like this."""

    code = "energy.unable-to-keep-factor"


@transaction.atomic
def keep(*, asked: Mapping[str, Any], reason: str, by: Actor, at: datetime) -> Factor:
    """Add a factor, or the next version of one (登记因子); what was used stays as it was.

    `asked` are the columns of a factor; `value`, `low` and `high` as text or numbers.

    Raises:
        UnableToKeepFactorError: a figure is none, has too many decimals, or lies outside its
            interval; nothing is new; the number is another factor's; or there is no source, or no
            reason for a new version or another unit.
        NotVisibleError: the actor keeps no factors.
    """
    if by.role not in access.FACTOR_WRITERS:
        raise NotVisibleError("没有找到这个因子。")
    _check_words(asked)
    figures = {name: _figure(asked.get(name), name) for name in ("value", "low", "high")}
    value, low, high = figures["value"], figures["low"], figures["high"]
    if value is None or value < 0:
        raise UnableToKeepFactorError("请填写因子的数值，不小于零。", field="value")
    if value == 0 and asked["kind"] not in MAYBE_ZERO:
        words = Phrase("只有绿证、绿电和电力平均因子可以为 0，其他因子应大于 0，请核对数值。")
        raise UnableToKeepFactorError(words, field="value")
    if low is not None and low < 0:
        raise UnableToKeepFactorError(Phrase("区间下限不能小于零。"), field="low")
    if (low is None) != (high is None) or (
        low is not None and high is not None and not low <= value <= high
    ):
        raise UnableToKeepFactorError("区间要么不填，要么上下限都填并包含数值。", field="low")
    if not str(asked.get("source", "")).strip():
        raise UnableToKeepFactorError("请写明来源（文号、标准号）。", field="source")
    series = str(asked["series"])
    last = Factor.objects.select_for_update().filter(series=series).order_by("edition").last()
    if last is not None:
        _refuse_version(last, {**asked, **figures}, reason=reason)
    edition = last.edition + 1 if last else 1
    factor = Factor.objects.create(
        **{**asked, **figures},
        code=f"{series}@{edition}",
        edition=edition,
        is_transcribed=True,
        reason=reason,
        recorded_by=by.name,
        recorded_id=by.id,
        recorded_person=by.person_number,
        recorded_at=at,
    )
    before = f"{last.value.normalize():f}" if last else ""
    after = f"{factor.value.normalize():f} {factor.unit}"
    audit.record_about(
        "energy.factor.keep",
        target_type="energy.factor",
        target_id=factor.code,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )
    return factor


@transaction.atomic
def check(*, code: str, document: str, words: str, by: Actor, at: datetime) -> FactorCheck:
    """Confirm that a version says what its document says (核对因子), as another than its recorder.

    Raises:
        NotVisibleError: there is none, or the actor checks none.
        UnableToKeepFactorError: it was checked, or it is his own.
        InvalidInputError: the document or what was compared is not told.
    """
    factor = _to_check(code, by=by)
    if by.is_who(
        account=factor.recorded_id, name=factor.recorded_by, person=factor.recorded_person
    ):
        raise UnableToKeepFactorError(Phrase("登记人不能核对自己登记的因子，请由另一人来做。"))
    if FactorCheck.objects.filter(factor=factor, withdrawn_at=None).exists():
        raise UnableToKeepFactorError(Phrase("这一版已经核对过。"))
    made = FactorCheck.objects.create(
        factor=factor,
        document=clean_text(document, field="document", label="对照的文件", most=200, least=4),
        words=clean_text(words, field="words", label="核对了什么", most=300, least=4),
        checked_by=by.id,
        checked_name=by.name,
        checked_person=by.person_number,
        checked_at=at,
    )
    audit.record(
        "energy.factor.check",
        target=factor,
        by=by,
        at=at,
        after=made.document[:64],
        reason=made.words,
    )
    return made


@transaction.atomic
def withdraw_check(*, code: str, words: str, by: Actor, at: datetime) -> Factor:
    """Take back that a version was held against its document (撤回核对); the check stays on record.

    Raises:
        NotVisibleError: there is no such version, or the actor checks none.
        UnableToKeepFactorError: nobody checked it, or the check was withdrawn.
        InvalidInputError: no reason is told.
    """
    factor = _to_check(code, by=by)
    said = clean_text(words, field="reason", label="撤回原因", most=300, least=4)
    checks = FactorCheck.objects.filter(factor=factor)
    if not withdraw(checks, words=said, name=by.name, at=at):
        raise UnableToKeepFactorError(Phrase("这一版现在没有核对可以撤回。"))
    audit.record("energy.factor.uncheck", target=factor, by=by, at=at, reason=said)
    return factor


def _to_check(code: str, *, by: Actor) -> Factor:
    factor = None if "\0" in code else Factor.objects.filter(code=code).first()
    if factor is None or not access.checks_factors(by):
        raise NotVisibleError("没有找到这个因子。")
    return factor


def _check_words(asked: Mapping[str, Any]) -> None:
    """Refuse what names no factor: carrier, place and unit are typed by hand."""
    per = str(asked["unit"]).partition("/")[2]
    wrongs = (
        ("请填写能源品种。", "carrier", not str(asked["carrier"]).strip()),
        ("请填写地区。", "region", not str(asked["region"]).strip()),
        ("请选择类型。", "kind", asked["kind"] not in Factor.Kind.values),
        ("请选择范围。", "level", asked["level"] not in Factor.Level.values),
        ("计量单位应写成“每什么”，如 kgCO2/kWh。", "unit", not per),
        ("年份应在 1950 到 2100 之间。", "year", not 1950 <= asked["year"] <= 2100),
        ("名称太长。", "carrier", len(str(asked["series"])) > 72 or len(str(asked["name"])) > 80),
    )
    for words, field, is_wrong in wrongs:
        if is_wrong:
            raise UnableToKeepFactorError(words, field=field)


def _refuse_version(last: Factor, asked: Mapping[str, Any], *, reason: str) -> None:
    """Refuse a next version that is another factor, tells no reason or says nothing new."""
    if any(getattr(last, name) != asked[name] for name in IDENTITY):
        words = Phrase("这个编号已是另一个因子（%(name)s），请换一个品种名称。", name=last.name)
        raise UnableToKeepFactorError(words, field="carrier")
    if not reason.strip() and last.unit != asked["unit"]:
        words = Phrase(
            "这个因子现在的计量单位是 %(unit)s：更正单位请写修订说明，"
            "另一种计量的因子请换一个品种名称。",
            unit=last.unit,
        )
        raise UnableToKeepFactorError(words, field="unit")
    if not reason.strip():
        raise UnableToKeepFactorError("请写明修订说明。", field="reason")
    if all(getattr(last, name) == asked[name] for name in SAID):
        words = Phrase("数值、单位和来源都没有变化，不需要新版本。")
        raise UnableToKeepFactorError(words, field="value")


def _figure(said: object, field: str) -> Decimal | None:
    if said is None or str(said).strip() == "":
        return None
    try:
        value = Decimal(str(said))
        is_number = value.is_finite()
    except InvalidOperation:
        is_number = False
    if not is_number:
        raise UnableToKeepFactorError(Phrase("“%(said)s”不是数。", said=said), field=field)
    if abs(value) >= MOST:
        raise UnableToKeepFactorError(
            Phrase("因子应小于 %(most)s，请核对单位。", most=MOST), field=field
        )
    if 0 < abs(value) < LEAST:
        words = Phrase("数值太小，最小 0.000001，请核对单位。")
        raise UnableToKeepFactorError(words, field=field)
    if value != value.quantize(LEAST):
        words = Phrase("“%(said)s”的小数太多，最多六位，请按来源修约后再填。", said=said)
        raise UnableToKeepFactorError(words, field=field)
    return value.quantize(LEAST)
