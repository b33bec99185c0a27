"""Divide recordings into parts to learn from, to stop by and to judge by: never by picture.

Pictures of one recording show the same people in the same light; a model that has learnt one
knows the next. So whole recordings (a folder, a day) go to one part, the latest to the last, as
the question is how well the days to come will do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dianliang.engines.fitting._model import UnableToFitError
from dianliang.kernel.phrases import Phrase, joined

LEAST_CLIPS = 3
LEAST_LEARN, LEAST_STOP, LEAST_JUDGE = 100, 30, 60
"""Labelled persons in each part. Sixty found at random leave ± 0.1 of average precision open."""
JUDGED, STOPPED = 0.3, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Names of recordings by what they are for."""

    learn: tuple[str, ...]
    stop: tuple[str, ...]
    judge: tuple[str, ...]


def divided(persons: Mapping[str, int], *, judge_by: Sequence[str] = ()) -> Parts:
    """Divide recordings; `persons` counts labelled ones, oldest recording first.

    `judge_by` names the recordings to judge by; without, they are the latest three tenths.

    Raises:
        UnableToFitError: there are too few recordings or persons; how many and why is told.
    """
    clips = list(persons)
    unknown = sorted(set(judge_by) - set(clips))
    if unknown:
        raise UnableToFitError(
            Phrase(
                "没有这些片段：%(unknown)s。现有 %(clips)s。",
                unknown=joined("、", unknown),
                clips=joined("、", clips),
            )
        )
    if len(clips) < LEAST_CLIPS:
        words = Phrase(
            "至少要 %(least)s 个片段（不同的录像或日子，各放一个文件夹），现有 "
            "%(n)d 个：训练、验证、评判要用不同的片段，同一段里相邻的画面几乎一"
            "样，拆开评判会虚高。",
            least=LEAST_CLIPS,
            n=len(clips),
        )
        raise UnableToFitError(words)
    judge = list(judge_by) or clips[-max(1, round(JUDGED * len(clips))) :]
    rest = [one for one in clips if one not in judge]
    # Spread over the time, so that morning and evening are in both.
    stop = rest[1 :: max(2, round((1 - JUDGED) / STOPPED))] or rest[:1]
    learn = [one for one in rest if one not in stop]
    for name, part, least, why in (
        ("训练", learn, LEAST_LEARN, "再少就只是记住这几个人"),
        ("验证", stop, LEAST_STOP, "再少就不知道何时该停"),
        ("评判", judge, LEAST_JUDGE, "再少，好坏就在误差之内"),
    ):
        count = sum(persons[one] for one in part)
        if count < least:
            which = joined("、", part) or Phrase("没有片段")
            words = Phrase(
                "%(name)s部分至少要 %(least)s 个标注框，现有 %(count)s 个（%(which)s）：%(why)s。",
                name=Phrase(name),
                least=least,
                count=count,
                which=which,
                why=Phrase(why),
            )
            raise UnableToFitError(words)
    return Parts(learn=tuple(learn), stop=tuple(stop), judge=tuple(judge))
