"""How unhappy the people behind a need sound (情绪), for whoever calls them back.

Read from their latest words each time it is shown, and kept nowhere: it is no judgement of a
person, it changes neither clock nor order nor who is served, and the public never sees it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from dianliang.domain.intake.lifecycle import OPEN
from dianliang.domain.intake.queries.board import Board, NeedRow
from dianliang.domain.intake.queries.detail import NeedPage
from dianliang.engines.triage import Mood, Temper
from dianliang.flows import triage

LABELS = {Temper.ANNOYED: "不满", Temper.FURIOUS: "愤怒"}
WORSE = (Temper.CALM, Temper.ANNOYED, Temper.FURIOUS)
MOST_CUES = 4


def on_board(board: Board) -> Board:
    """Return a page of the queue with the moods of its open needs, and a stamp that knows them."""
    rows = on_rows(board.rows)
    moods = [(row.number, row.mood) for row in rows if row.mood]
    if not moods:
        return board
    stamp = hashlib.sha256(repr((board.stamp, moods)).encode()).hexdigest()[:16]
    return replace(board, rows=rows, stamp=stamp)


def on_page(page: NeedPage) -> NeedPage:
    """Return the page of a need with the mood of the people behind it."""
    (row,) = on_rows((page.row,))
    return replace(page, row=row)


def on_rows(rows: tuple[NeedRow, ...]) -> tuple[NeedRow, ...]:
    """Return lines of the queue with the moods of those that are open."""
    spoken = [row for row in rows if row.latest_words and row.status in OPEN]
    if not spoken:
        return rows
    read = triage.prepared().mood
    worst = {row.number: _worst(map(read, row.latest_words)) for row in spoken}
    return tuple(_with(row, worst[row.number]) if row.number in worst else row for row in rows)


def _worst(moods: Iterable[Mood]) -> Mood:
    """Return the angriest; of equals the latest, which comes first."""
    return max(moods, key=lambda mood: WORSE.index(mood.level))


def _with(row: NeedRow, mood: Mood) -> NeedRow:
    if mood.level is Temper.CALM:
        return row
    cues = tuple(dict.fromkeys(cue.text for cue in mood.cues))[:MOST_CUES]
    return replace(row, mood=LABELS[mood.level], mood_words=cues)
