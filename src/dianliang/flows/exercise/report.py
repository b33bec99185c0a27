"""What an exercise shows: who was served when, what each dispatch changed, what stayed undone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from dianliang.flows.command.effort import OTHER, RANK_LABELS, REASONS
from dianliang.flows.exercise.playing import Game, waited_h
from dianliang.flows.exercise.product import Product, Turn
from dianliang.flows.exercise.scenario import GRADES

EVERY = timedelta(hours=2)
NOT_REACHED = "排了没赶上"


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one grade: tasks, how many are done, and how long customers waited on average."""

    grade: str
    tasks: int
    done: int
    waited_h: float


@dataclass(frozen=True, slots=True)
class Point:
    """Shares of the tasks opened so far that are done, by grade and in all."""

    at: datetime
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a desk did; hours waited count people who were not served to the end."""

    tallies: tuple[Tally, ...]
    curve: tuple[Point, ...]
    violations: tuple[str, ...]


def outcome(game: Game, *, violations: Sequence[str] = ()) -> Outcome:
    """Return how a desk did; `violations` are what its plans broke of work and rest."""
    return Outcome(
        tallies=tuple(_tally(game, grade) for grade, _ in GRADES),
        curve=tuple(_curve(game)),
        violations=(*violations, *game.violations()),
    )


def _tally(game: Game, grade: str) -> Tally:
    own = [work for work in game.known.values() if work.grade == grade]
    done = sum(work.code in game.served for work in own)
    return Tally(grade, len(own), done, waited_h(game, own) / max(1, len(own)))


def _curve(game: Game) -> Iterator[Point]:
    at = game.flood.begin + EVERY
    while at <= game.flood.end:
        known = [work for work in game.known.values() if game.since[work.code] < at]
        parts = [[w for w in known if w.grade == grade] for grade, _ in GRADES]
        shares = tuple(
            sum(w.code in game.served and game.served[w.code].done_at <= at for w in own)
            / max(1, len(own))
            for own in (*parts, known)
        )
        yield Point(at, shares)
        at += EVERY


def undone(game: Game, desk: Product) -> dict[str, int]:
    """Return why tasks were not done, the most frequent reason first."""
    found = Counter[str]()
    for code, count in desk.reasons().items():
        found[REASONS.get(code, OTHER)] += count
    late = len(game.waiting) - found.total()
    return dict(found.most_common()) | ({NOT_REACHED: late} if late > 0 else {})


def words(product: Outcome, by_hand: Outcome, desk: Product, undone: Mapping[str, int]) -> str:
    """Return the report as people read it."""
    return "\n".join(
        (
            *_turns(desk.turns),
            "",
            "服务曲线（已开任务中做完的占比，平台 / 手工）",
            f"{'时刻':<12}{'特级':^14}{'一级':^14}{'二级':^14}{'全部':^14}",
            *(
                f"{a.at:%m-%d %H:%M}  "
                + "".join(f"{x:>7.0%} /{y:>4.0%} " for x, y in zip(a.shares, b.shares, strict=True))
                for a, b in zip(product.curve, by_hand.curve, strict=True)
            ),
            "",
            "结果（平台 / 手工：最近的队伍先派最要紧的）",
            *(
                f"{RANK_LABELS[a.grade]}  {a.tasks} 项：做完 {a.done} / {b.done}，"
                f"户均等待 {a.waited_h:.1f} / {b.waited_h:.1f} 小时"
                for a, b in zip(product.tallies, by_hand.tallies, strict=True)
            ),
            "没做成的：" + ("、".join(f"{why} {n}" for why, n in undone.items()) or "无"),
            f"违反作息：平台 {len(product.violations)}，手工 {len(by_hand.violations)}",
            *product.violations[:5],
        )
    )


def _turns(turns: Sequence[Turn]) -> Iterator[str]:
    yield "调度（耗时为从报情况到队伍看到新任务）"
    for turn in turns:
        changed = (
            ""
            if turn.is_whole
            else f"，变动 {turn.changes}（被迫 {turn.forced}，让位 {turn.chosen}），"
            f"队伍不变、时间顺延 {turn.delayed}"
        )
        yield (
            f"{turn.at:%m-%d %H:%M}  {turn.words}：{turn.seconds:.1f} 秒，"
            f"排入 {turn.planned}，未排 {turn.left_out}{'' if turn.is_whole else changed}"
        )
    told = [turn for turn in turns if not turn.is_whole]
    if told:
        yield (
            f"再调度 {len(told)} 次：耗时中位 {median(t.seconds for t in told):.1f} 秒，"
            f"让位最多 {max(t.chosen for t in told)} 处"
        )
