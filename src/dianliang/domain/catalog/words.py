"""The words that triage listens for: what is shipped, and what this installation changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, reference
from dianliang.domain.catalog.models import LexiconVersion, WordChange
from dianliang.engines import triage as engine
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.phrases import Phrase, in_a_row
from dianliang.kernel.text import clean_text

SHIPPED = 0
"""The number of the lexicon as it comes with the program."""
SECTIONS: Mapping[str, tuple[str, str]] = {
    "danger": ("危险说法", "说到这些词，又没有被别的栏目收回，就按眼前危险处理"),
    "present": ("正在发生", "让“过去”“谈论”不再收回险情"),
    "past": ("过去的事", "同一句里说到，就不当眼前危险"),
    "hypothetical": ("担心与假设", "同一句里说到，就不当眼前危险"),
    "conditional": ("条件", "“如果、万一”之后说的险情不算"),
    "asking": ("询问", "同一句里说到，就当是询问"),
    "topic": ("谈论与宣传", "前后说的是培训、新闻、影视一类的事"),
    "ended": ("已经结束", "后面说到，前面的险情就算过去了"),
    "harmless": ("无害的说法", "含有危险字眼而并不危险，整个词都不看"),
    "life_support": ("维持生命的设备", "与“停电”一起说到，先问清是否断电"),
    "outage": ("停电", "与“维持生命的设备”一起用"),
    "urgent": ("紧急", "说到两个以上，按紧急处理"),
    "hints": ("提示", "处理人应当事先知道的"),
    "annoyed": ("不满", "说到就当有不满情绪"),
    "furious": ("愤怒", "说到就当情绪激动"),
    "misspelt": ("同音错字", "照原意来读，两边字数相同"),
    "everyday": ("像村名的常用词", "单独出现时不当地名"),
}
"""The lists of a lexicon in the order of a page: what each is called, and what its words do."""
MOST_REASON_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version as the history shows it: what it changed against the one before it."""

    number: int
    at: datetime
    by_name: str
    reason: str
    returns_to: int | None
    changes: tuple[engine.LexiconChange, ...]


@reference.Kept
def lexicon() -> engine.Lexicon:
    """Return the words in force: the shipped ones with this installation's changes."""
    number = current()
    return with_changes(changes_of(number), number=number) if number else engine.DEFAULT_LEXICON


def current() -> int:
    """Return the number of the version in force."""
    newest = LexiconVersion.objects.values_list("number", flat=True).first()
    return newest if newest is not None else SHIPPED


def changes_of(number: int) -> tuple[engine.LexiconChange, ...]:
    """Return all that a version changes in the shipped lexicon.

    Raises:
        NotVisibleError: there is no such version.
    """
    if number != SHIPPED and not LexiconVersion.objects.filter(number=number).exists():
        raise NotVisibleError("没有这一版词库。")
    return tuple(_change(row) for row in WordChange.objects.filter(version__number=number))


def with_changes(changes: Sequence[engine.LexiconChange], *, number: int) -> engine.Lexicon:
    """Return the shipped lexicon with changes; those that it has outgrown are left aside."""
    base = engine.DEFAULT_LEXICON
    return engine.extended(base, engine.carried(base, changes), version=f"{base.version}+{number}")


def outgrown() -> tuple[engine.LexiconChange, ...]:
    """Return the changes in force that say nothing any more since the program was upgraded."""
    changes = changes_of(current())
    kept = engine.carried(engine.DEFAULT_LEXICON, changes)
    return tuple(change for change in changes if change not in kept)


def merged(changes: Sequence[engine.LexiconChange]) -> tuple[engine.LexiconChange, ...]:
    """Return all that would differ from the shipped lexicon with some more changes.

    Raises:
        InvalidInputError: a change is impossible; the message names every such word.
    """
    wrong = engine.problems(lexicon(), changes)
    if not changes:
        wrong = (Phrase("请填写词语。"),)
    if wrong:
        raise InvalidInputError(in_a_row(wrong), field="words")
    base, idle = engine.DEFAULT_LEXICON, outgrown()
    target = engine.combined(base, changes_of(current()), changes)
    wrong = engine.problems(base, [change for change in target if change not in idle])
    if wrong:
        raise InvalidInputError(in_a_row(wrong), field="words")
    return target


def history() -> tuple[Version, ...]:
    """Return all versions, the newest first."""
    rows = list(LexiconVersion.objects.prefetch_related("changes"))
    whole = {row.number: tuple(_change(change) for change in row.changes.all()) for row in rows}
    return tuple(
        Version(
            number=row.number,
            at=row.at,
            by_name=row.by_name,
            reason=row.reason,
            returns_to=row.returns_to,
            changes=difference(whole.get(row.number - 1, ()), whole[row.number]),
        )
        for row in rows
    )


def difference(
    before: Sequence[engine.LexiconChange], after: Sequence[engine.LexiconChange]
) -> tuple[engine.LexiconChange, ...]:
    """Return what leads from one set of changes to another, as additions and removals."""
    gone = [_reversed(change) for change in before if change not in after]
    come = [change for change in after if change not in before]
    renewed = {(change.section, change.kind, change.word) for change in come}
    return (
        *(change for change in gone if (change.section, change.kind, change.word) not in renewed),
        *come,
    )


@transaction.atomic
def keep(
    *,
    verb: str,
    changes: Sequence[engine.LexiconChange],
    reason: str,
    seen: int,
    by: Actor,
    at: datetime,
    returns_to: int | None = None,
) -> int:
    """Put a version in force that changes just this in the shipped lexicon; return its number.

    `verb` is add, take_out or go_back; `seen` the version that whoever asks was looking at.

    Raises:
        InvalidInputError: there is no reason, or nothing would change.
        StaleStateError: somebody else changed the words meanwhile.
    """
    reason = clean_text(reason, field="reason", label="原因", most=MOST_REASON_CHARS, least=2)
    refuse_if_overtaken(seen)
    before = changes_of(seen)
    if not difference(before, changes):
        raise InvalidInputError("这样改了和现在一样，没有需要保存的。", field="words")
    try:
        with transaction.atomic():
            version = LexiconVersion.objects.create(
                number=seen + 1,
                at=at,
                by_id=by.id,
                by_name=by.name,
                reason=reason,
                returns_to=returns_to,
            )
    except IntegrityError as error:
        raise StaleStateError(_overtaken()) from error
    WordChange.objects.bulk_create(_row(version, change) for change in changes)
    audit.record(
        f"catalog.lexiconversion.{verb}",
        target=version,
        by=by,
        at=at,
        before=str(seen),
        after=_told(difference(before, changes)),
        reason=reason,
    )
    return version.number


def refuse_if_overtaken(seen: int) -> None:
    """Tell somebody who looks at an old version that there is a newer one.

    Raises:
        StaleStateError: somebody else changed the words meanwhile.
    """
    if current() != seen:
        raise StaleStateError(_overtaken())


def _overtaken() -> str:
    newest = LexiconVersion.objects.first()
    who = f"{newest.by_name}（{newest.reason}）" if newest else "别人"
    return f"词库刚被{who}改过，现在是第 {current()} 版。您填的内容还在，请看看最新的词语再试一次。"


def _told(changes: Sequence[engine.LexiconChange]) -> str:
    return " ".join(f"{'－' if c.is_removed else '＋'}{c.word}" for c in changes)


def _reversed(change: engine.LexiconChange) -> engine.LexiconChange:
    """Return the change that takes one back."""
    meant = change.meant
    if change.section == "misspelt" and change.is_removed:
        meant = engine.DEFAULT_LEXICON.misspelt.get(change.word, "")
    return replace(change, meant=meant, is_removed=not change.is_removed)


def _change(row: WordChange) -> engine.LexiconChange:
    return engine.LexiconChange(
        section=row.section,
        kind=row.kind,
        word=row.word,
        meant=row.meant,
        is_removed=row.is_removed,
    )


def _row(version: LexiconVersion, change: engine.LexiconChange) -> WordChange:
    return WordChange(
        version=version,
        section=change.section,
        kind=change.kind,
        word=change.word,
        meant=change.meant,
        is_removed=change.is_removed,
    )
