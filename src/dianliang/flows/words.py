"""Change the words of triage: try them first, on sentences and on what people really asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.core import reference
from dianliang.domain.catalog import words
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision, Need
from dianliang.engines import triage as engine
from dianliang.flows import triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

TRIED_DAYS = 90
MOST_TRIED = 20_000
"""Needs of a trial, the newest: some seconds even where a changed word stands in all of them."""
MOST_EXAMPLES = 8
LOST_TOLD = 3
MOST_SENTENCES, MOST_SENTENCE_CHARS = 20, 500
MOST_WORDS = 50
SECTIONS = words.SECTIONS
EMERGENCY = Need.Urgency.EMERGENCY.value


class UnflaggedDangerError(DomainError):
    """What is heard as danger now would not be flagged any more."""

    code = "words.unflags-danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a text was taken for, and by which words; `cues` are kind and word of each danger."""

    urgency: str
    cues: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What triage makes of a sentence with the words of now, and with the changed ones."""

    text: str
    before: Taken
    after: Taken
    is_lost: bool

    @property
    def is_changed(self) -> bool:
        """Tell whether the changed words make something else of it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A need that would be read otherwise; `decided` is what a person made of its urgency.

    `cues` are kind and word of each danger that is heard in it, now or with the changed words.
    """

    number: str
    text: str
    received_at: datetime
    cues: tuple[tuple[str, str], ...]
    decided: str

    @property
    def is_confirmed(self) -> bool:
        """Tell whether a person said that this is a danger."""
        return self.decided == EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """How many needs, of how many of them a person had decided, and some of them."""

    count: int = 0
    decided: int = 0
    confirmed: int = 0
    shown: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What changed words would do."""

    changes: tuple[engine.LexiconChange, ...]
    sentences: tuple[Sentence, ...]
    tried: int
    is_cut: bool
    newly: Cases
    no_longer: Cases
    hints: int
    lost: tuple[str, ...]
    """Sentences of danger that would not be heard any more, whoever has said them so far: those
    that were asked about, and plain ones."""

    @property
    def hides_danger(self) -> bool:
        """Tell whether somebody has to say that he has seen what would no longer be heard."""
        return bool(self.no_longer.confirmed or self.lost)

    @property
    def is_harmless(self) -> bool:
        """Tell whether nothing that was tried would be judged otherwise for danger."""
        return not (self.newly.count or self.no_longer.count or self.hides_danger)


def proposed(
    *, changes: Sequence[engine.LexiconChange], seen: int
) -> tuple[engine.LexiconChange, ...]:
    """Return the whole of changes to the shipped lexicon that some more of them lead to.

    Raises:
        InvalidInputError: a change is impossible; the message names every such word.
        StaleStateError: somebody else changed the words meanwhile.
    """
    words.refuse_if_overtaken(seen)
    if len(changes) > MOST_WORDS:
        raise InvalidInputError(
            Phrase("一次最多改 %(most)s 个词，请分几次。", most=MOST_WORDS), field="words"
        )
    return words.merged(changes)


def trial(
    *, target: Sequence[engine.LexiconChange], sentences: Sequence[str] = (), at: datetime
) -> Trial:
    """Try the words that `target` makes of the shipped ones; nothing is changed.

    Needs of the last 90 days are listened to for dangers and hints alone. A text without any of
    the changed words means what it meant, and is only looked through.
    """
    now = words.changes_of(words.current())
    present, after = triage.prepared(), words.with_changes(target, number=words.current() + 1)
    changed = present.with_lexicon(after)
    changes = words.difference(now, target)
    rows = list(
        Need.objects.filter(received_at__gt=at - timedelta(days=TRIED_DAYS), received_at__lte=at)
        .order_by("-received_at")
        .values_list("pk", "number", "text", "received_at")[: MOST_TRIED + 1]
    )
    is_cut, rows = len(rows) > MOST_TRIED, rows[:MOST_TRIED]
    is_touched = engine.touched(words.lexicon(), changes)
    newly, no_longer, hints = [], [], 0
    for row in rows:
        if not is_touched(row[2]):
            continue
        then, now_heard = present.hear(row[2]), changed.hear(row[2])
        hints += _kinds(then.hints) != _kinds(now_heard.hints)
        if now_heard.dangers and not then.dangers:
            newly.append((row, now_heard))
        if then.dangers and not now_heard.dangers:
            no_longer.append((row, then))
    decided = _decided([row[0] for row, _ in (*newly, *no_longer)])
    said = tuple(_sentence(text, present, changed) for text in sentences)
    lost = [one.text for one in said if one.is_lost]
    return Trial(
        changes=changes,
        sentences=said,
        tried=len(rows),
        is_cut=is_cut,
        newly=_cases(newly, decided),
        no_longer=_cases(no_longer, decided),
        hints=hints,
        lost=tuple(dict.fromkeys([*lost, *engine.lost_alarms(words.lexicon(), after)])),
    )


def change(
    *,
    changes: Sequence[engine.LexiconChange],
    reason: str,
    seen: int,
    is_sure: bool,
    by: Actor,
    at: datetime,
) -> int:
    """Add words, or take them out, for all needs from now on; return the new version's number.

    Raises:
        InvalidInputError: a word or the reason is wrong.
        StaleStateError: somebody else changed the words meanwhile.
        UnflaggedDangerError: it would hide a danger, and nobody said so.
    """
    target = proposed(changes=changes, seen=seen)
    verb = "take_out" if all(change.is_removed for change in changes) else "add"
    return _keep(target, verb=verb, reason=reason, seen=seen, is_sure=is_sure, by=by, at=at)


def go_back(*, number: int, reason: str, seen: int, is_sure: bool, by: Actor, at: datetime) -> int:
    """Put an earlier version in force again, as a new one; return the new version's number.

    Raises:
        NotVisibleError: there is no such version.
        InvalidInputError: it is just what is in force.
        StaleStateError: somebody else changed the words meanwhile.
        UnflaggedDangerError: it would hide a danger, and nobody said so.
    """
    target = words.changes_of(number)
    words.refuse_if_overtaken(seen)
    return _keep(
        target,
        verb="go_back",
        reason=reason,
        seen=seen,
        is_sure=is_sure,
        by=by,
        at=at,
        returns_to=number,
    )


def _keep(
    target: Sequence[engine.LexiconChange],
    *,
    verb: str,
    reason: str,
    seen: int,
    is_sure: bool,
    by: Actor,
    at: datetime,
    returns_to: int | None = None,
) -> int:
    if not is_sure:
        tried = trial(target=target, at=at)
        if tried.hides_danger:
            raise UnflaggedDangerError(_hidden(tried))
    return words.keep(
        verb=verb,
        changes=target,
        reason=reason,
        seen=seen,
        by=by,
        at=at,
        returns_to=returns_to,
    )


def _hidden(tried: Trial) -> str:
    """Say what would no longer be heard, and what to do."""
    told = []
    if tried.no_longer.confirmed:
        told.append(f"有 {tried.no_longer.confirmed} 条经人确认的危险需求将不再报警。")
    if tried.lost:
        shown = "”“".join(tried.lost[:LOST_TOLD])
        told.append(f"有 {len(tried.lost)} 句现在报危险的话将听不出来，例如“{shown}”。")
    return "".join(told) + "确实要改，请先看清下面的例子并勾选确认。"


def _cues(dangers: Sequence[engine.DangerFinding]) -> tuple[tuple[str, str], ...]:
    return tuple((danger.kind, danger.cue) for danger in dangers)


def _kinds(hints: Sequence[engine.Hint]) -> set[tuple[str, str]]:
    return {(hint.kind, hint.detail) for hint in hints}


Row = tuple[int, str, str, datetime]


def _decided(needs: Sequence[int]) -> dict[int, str]:
    """Return what a person last made of the urgency of each need."""
    rows = Decision.objects.filter(aspect=Aspect.URGENCY, suggestion__need__in=needs).order_by("pk")
    return dict(rows.values_list("suggestion__need_id", "chosen"))


def _cases(found: Sequence[tuple[Row, engine.Heard]], decided: dict[int, str]) -> Cases:
    """Show first what a person has confirmed, then what one has decided, then the newest."""
    weighed = sorted(
        found,
        key=lambda item: (decided.get(item[0][0]) != EMERGENCY, item[0][0] not in decided),
    )
    of_people = [decided[row[0]] for row, _ in found if row[0] in decided]
    return Cases(
        count=len(found),
        decided=len(of_people),
        confirmed=of_people.count(EMERGENCY),
        shown=tuple(
            Case(
                number=number,
                text=triage.starred(text, heard.masks)[:120],
                received_at=received_at,
                cues=_cues(heard.dangers),
                decided=decided.get(pk, ""),
            )
            for (pk, number, text, received_at), heard in weighed[:MOST_EXAMPLES]
        ),
    )


def _sentence(text: str, present: engine.Triage, changed: engine.Triage) -> Sentence:
    need = engine.NeedText(text=text[:MOST_SENTENCE_CHARS])
    then, now = present.suggest(need), changed.suggest(need)
    return Sentence(
        text=need.text,
        before=_taken(then),
        after=_taken(now),
        is_lost=then.is_danger and not now.is_danger,
    )


def _taken(suggestion: engine.Suggestion) -> Taken:
    return Taken(
        urgency=str(Need.Urgency(suggestion.urgency.value).label),
        cues=_cues(suggestion.dangers),
        reasons=() if suggestion.dangers else suggestion.urgency_reasons,
        hints=tuple(hint.kind for hint in suggestion.hints),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a list; `state` is shipped, added here, or removed here."""

    word: str
    meant: str = ""
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The words of one kind of a section, or all of a section without kinds."""

    section: str
    kind: str
    words: tuple[Word, ...]


@reference.Kept
def groups() -> tuple[Group, ...]:
    """Return the words in force, list by list, with those that were taken out here."""
    lexicon, base = words.lexicon(), engine.DEFAULT_LEXICON
    found: list[Group] = []
    for section in words.SECTIONS:
        now, then = _lists(lexicon, section), _lists(base, section)
        for kind, held in now.items():
            shipped = then.get(kind, {})
            rows = [
                Word(
                    word=word,
                    meant=meant,
                    kind=kind,
                    state="" if shipped.get(word) == meant else "added",
                )
                for word, meant in held.items()
            ]
            rows += [
                Word(word=word, meant=meant, kind=kind, state="removed")
                for word, meant in shipped.items()
                if word not in held
            ]
            found.append(Group(section=section, kind=kind, words=tuple(rows)))
    return tuple(found)


def shipped_version() -> str:
    """Name the lexicon that comes with the program."""
    return engine.DEFAULT_LEXICON.version


def _lists(lexicon: engine.Lexicon, section: str) -> dict[str, dict[str, str]]:
    """Return the lists of a section by kind, each word with what it stands for."""
    held = getattr(lexicon, section)
    if section == "misspelt":
        return {"": dict(held)}
    if section in {"danger", "hints"}:
        return {kind: dict.fromkeys(cues, "") for kind, cues in held.items()}
    return {"": dict.fromkeys(sorted(held) if section == "everyday" else held, "")}
