"""State work along a line for an incident: drawn, by a chain of places, or by a network line."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import lines, tasks
from dianliang.domain.mobilisation.lines import LONGEST_M, words_of
from dianliang.domain.mobilisation.models import LineWork
from dianliang.domain.mobilisation.tasks import Draft, TaskGear
from dianliang.domain.mobilisation.teams import members
from dianliang.domain.network.models import Feeder
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.engines import routing
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.tasking import (
    DUE_H,
    LABELS,
    MOST_DUE_H,
    gear_of,
    incident_to_dispatch,
    skill_of,
)
from dianliang.flows.dispatching.within import areas_in_county, areas_near
from dianliang.flows.named_areas import named_areas
from dianliang.flows.planning.lines import line_of
from dianliang.flows.resources.fields import point_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

RATE = "0.5"
"""Kilometres of dike lights per person and day: 44.6 km by 30 people in 3 days (seed 002)."""
DAY_H = 10.0
"""A person-day in an emergency: a shift of twelve hours less the ways, setting up and breaks."""
PEOPLE = 5
PART_H, LEAST_M, PART_M, MOST_PARTS = 1.0, 100.0, 250.0, 240
"""A part is about an hour's work of a crew, between two lengths; long lines have longer parts."""
LONGEST_PART_H = 5.0
"""Half a shift: what takes longer fits into no shift beside the way there and back."""
MOST_POINTS, MOST_PEOPLE, MOST_RATE, LEAST_KM = 400, 200, 50.0, 0.1
STEP_M = 10.0
"""Cards and milestones say kilometres to ten metres, so parts begin and end there."""
SHORTER, LONGER = 0.5, 3.0
"""By how much a length may differ from the drawing: dikes wind, villages lie beside them."""
SPLIT = re.compile(r"[\s、→;；]+")
PAIR = re.compile(r"-?\d+(?:\.\d+)?[,，]-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsked:
    """What a commander says of work along a line."""

    what: str
    path: str
    km: str
    rate: str
    people: str
    rank: str
    due_h: str
    skill: str
    gear: str
    per_km: str
    least: str


def open_line_once(*, key: str, number: str, asked: LineAsked, by: Actor, at: datetime) -> str:
    """Open work along a line and return its number; a second press opens no second one."""
    body = {**asdict(asked), "incident": number, "by": by.id}

    def act() -> dict[str, Any]:
        return {"number": open_line(number=number, asked=asked, by=by, at=at).number}

    pressed = idempotency.digest([key, body])
    kept = idempotency.once(scope="dispatch.line", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def open_line(*, number: str, asked: LineAsked, by: Actor, at: datetime) -> LineWork:
    """Open work along a line: its parts are tasks, which several crews may share.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: a field makes no sense; it is named.
    """
    incident = incident_to_dispatch(number, by=by)
    title = words(asked.what, field="what", label="作业", most=40, least=2)
    path, known_m = path_of(asked.path)
    length_m = _length(asked.km, path, known_m)
    areas_in_county(path, field="path")
    if asked.rank not in LABELS:
        raise InvalidInputError("请选择等级。", field="rank")
    due_h = _number(asked.due_h, MOST_DUE_H, "due_h", "几小时内做完") if asked.due_h else None
    gear = gear_of(asked.gear, "1", asked.least)
    per_km = _number(asked.per_km or "1", 1000, "per_km", "每公里件数") if gear else 0.0
    skill = skill_of(asked.skill)
    rate = _number(asked.rate or RATE, MOST_RATE, "rate", "每人每天公里数")
    people = _people(asked.people) or usual_people(incident, at=at)
    _in_a_shift(length_m, rate=rate, people=people)
    work = lines.open_line(
        incident=incident,
        title=title,
        path=path,
        length_m=length_m,
        km_per_person_day=rate,
        day_h=DAY_H,
        people=people,
        rank=asked.rank,
        due_at=at + timedelta(hours=due_h or max(72, DUE_H[asked.rank])),
        by=by,
        at=at,
    )
    drafts = _parts(work, incident, gear=gear, per_km=per_km)
    for draft in drafts:
        draft.job.skill = skill
    tasks.open_tasks(incident=incident, drafts=drafts, by=by, at=at)
    return work


def usual_people(incident: Incident, *, at: datetime) -> int:
    """Return how many people a team of an incident has on average; teams of nobody do not count."""
    teams = [team.pk for team in scene.teams_for(incident)]
    window = TimeWindow(at, at + timedelta(days=1))
    counts = [len(own) for own in members(teams, window).values() if own]
    return max(1, round(sum(counts) / len(counts))) if counts else PEOPLE


def _parts(
    work: LineWork, incident: Incident, *, gear: TaskGear | None, per_km: float
) -> list[Draft]:
    """Return a line cut into tasks, each at the village that lies nearest."""
    line = replace(
        line_of(work),
        least_part_m=_least_part_m(work.length_m, work.s_per_km),
        most_parts=MOST_PARTS,
        gear_per_km={gear.sort: per_km} if gear else {},
    )
    cut = routing.split_lines(routing.Problem(jobs=(), teams=(), lines=(line,)))
    jobs = _at_steps(cut.jobs, line)
    areas = areas_near([job.at for job in jobs])
    return [draft_of(work, job, area, gear=gear) for job, area in zip(jobs, areas, strict=True)]


def _at_steps(cut: Sequence[routing.Job], line: routing.Line) -> list[routing.Job]:
    """Return parts that begin and end where a card can say it, with their shares of the work."""
    ends = [job.part.to_m for job in cut if job.part]
    marks = [0.0, *(min(line.length_m, STEP_M * round(end / STEP_M)) for end in ends)]
    points = line.points_at(marks)
    spans = zip(pairwise(marks), pairwise(points), strict=True)
    return [
        replace(
            job,
            at=at,
            ends_at=ends_at,
            part=routing.Part(line_id=line.id, from_m=begin, to_m=end),
            duration_s=max(1, ceil((end - begin) * line.s_per_km / 1000 - 1e-6)),
        )
        for job, ((begin, end), (at, ends_at)) in zip(cut, spans, strict=True)
    ]


def _least_part_m(length_m: float, s_per_km: float) -> float:
    return min(PART_M, length_m, max(LEAST_M, PART_H * 3.6e6 / s_per_km))


def _in_a_shift(length_m: float, *, rate: float, people: int) -> None:
    """Refuse work so slow or a line so long that one part would not fit into a shift.

    Raises:
        InvalidInputError: it takes more than half a shift; rate and people are named.
    """
    h_per_km = DAY_H / (rate * people)
    least_m = _least_part_m(length_m, 3600 * h_per_km)
    part_m = max(least_m, length_m / MOST_PARTS)
    if part_m * h_per_km / 1000 > LONGEST_PART_H:
        raise InvalidInputError(
            Phrase(
                "每人每天 %(rate)s 公里、每队 %(people)s 人，全长 %(length_km)s 公里"
                "最多分成 %(most_parts)s 段，一段 %(part_m)s 米要做 "
                "%(hours)s 小时，超过半个班（%(most_h)s 小时"
                "）。请核对每人每天公里数，增加每队人数，或把线路分成几条登记。",
                rate=f"{rate:g}",
                people=people,
                length_km=f"{length_m / 1000:g}",
                most_parts=MOST_PARTS,
                part_m=f"{part_m:.0f}",
                hours=f"{part_m * h_per_km / 1000:.0f}",
                most_h=f"{LONGEST_PART_H:g}",
            ),
            field="rate",
        )


def draft_of(work: LineWork, job: routing.Job, area: Area, *, gear: TaskGear | None) -> Draft:
    """Return a part as the engine cut it as a task to be."""
    part = job.part
    from_m, to_m = (part.from_m, part.to_m) if part else (0.0, 0.0)
    count = job.gear.get(gear.sort, 0) if gear else 0
    return Draft(
        job=Job(
            title=f"{work.title} {words_of(from_m, to_m)}",
            area=area,
            lat=job.at.lat,
            lon=job.at.lon,
            unit=work.incident.unit,
            duration_min=max(1, ceil(job.duration_s / 60)),
            due_at=work.due_at,
        ),
        rank=work.rank,
        gear=replace(gear, quantity=count) if gear and count else None,
        line=work,
        from_m=from_m,
        to_m=to_m,
    )


def path_of(text: str) -> tuple[list[GeoPoint], float | None]:
    """Return the points of a line that somebody drew or wrote, and its length if a register has it.

    Points are written as `纬度,经度`, places by the names of villages; a network line by its code
    goes through the villages that it feeds.

    Raises:
        InvalidInputError: a word is no place, or they are fewer than two.
    """
    told = text.strip()
    feeder = None if "\0" in told else Feeder.objects.filter(code=told).first() if told else None
    if feeder is not None:
        areas = feeder.areas.filter(lat__isnull=False, lon__isnull=False).order_by("code")
        points = _chained([GeoPoint(area.lat or 0.0, area.lon or 0.0) for area in areas])
    else:
        said = [word for word in SPLIT.split(told) if word]
        if len(said) > MOST_POINTS:
            raise InvalidInputError(
                Phrase("最多 %(most)s 个点，请简化走向。", most=MOST_POINTS), field="path"
            )
        points = [_point(word) for word in said]
    drawn_m = _drawn_m(points)
    if drawn_m > LONGEST_M:
        raise InvalidInputError(
            Phrase(
                "走向画出来有 %(drawn_km)s 公里，一条线路最长 %(most)s 公里。请核对"
                "坐标，或分成几条登记。",
                drawn_km=f"{drawn_m / 1000:.0f}",
                most=f"{LONGEST_M / 1000:.0f}",
            ),
            field="path",
        )
    if drawn_m < 1:
        raise InvalidInputError(
            "走向至少要有两处不同的地方：在图上点，或按顺序写村名、坐标，或写一条线路的编码。",
            field="path",
        )
    return points, float(feeder.length_m) if feeder else None


def _point(word: str) -> GeoPoint:
    if PAIR.fullmatch(word):
        lat, lon = re.split("[,，]", word)
        try:
            return point_of(lat, lon)
        except InvalidInputError as wrong:
            words = Phrase("“%(word)s”：%(wrong)s", word=word, wrong=Phrase(wrong.message))
            raise InvalidInputError(words, field="path") from wrong
    try:
        (area,) = named_areas([], word)
    except InvalidInputError as wrong:
        raise InvalidInputError(wrong.message, field="path") from wrong
    if area.lat is None or area.lon is None:
        raise InvalidInputError(
            Phrase("%(name)s没有坐标，请改用相邻的村或写经纬度。", name=area.name), field="path"
        )
    return GeoPoint(area.lat, area.lon)


def _chained(points: Sequence[GeoPoint]) -> list[GeoPoint]:
    """Return points in a row: from one that lies outermost always on to the nearest."""
    if not points:
        return []
    left = list(points)
    here = max(left, key=lambda one: sum(one.distance_m(other) for other in points))
    row: list[GeoPoint] = []
    while left:
        here = min(left, key=here.distance_m)
        left.remove(here)
        row.append(here)
    return row


def _drawn_m(points: Sequence[GeoPoint]) -> float:
    return sum(a.distance_m(b) for a, b in pairwise(points))


def _length(text: str, path: Sequence[GeoPoint], known_m: float | None) -> float:
    """Return how long a line is, to ten metres: as said, as registered, or as drawn."""
    base_m = known_m or _drawn_m(path)
    km = _number(text, LONGEST_M / 1000, "km", "全长公里数") if text.strip() else base_m / 1000
    length_m = STEP_M * round(1000 * km / STEP_M)
    if length_m < 1000 * LEAST_KM:
        raise InvalidInputError(
            Phrase("线路至少要有 %(least)s 公里。", least=f"{LEAST_KM:g}"), field="km"
        )
    if not SHORTER * base_m <= length_m <= LONGER * base_m:
        source = "登记的长度" if known_m else "走向画出来"
        raise InvalidInputError(
            Phrase(
                "全长填了 %(km)s 公里，%(source)s是 %(known_km)s 公里，相差太多。"
                "请核对走向和全长。",
                km=f"{km:g}",
                source=Phrase(source),
                known_km=f"{base_m / 1000:.2f}",
            ),
            field="km",
        )
    return min(LONGEST_M, length_m)


def _people(text: str) -> int | None:
    """Return how many of a crew work on a line; None where nobody said."""
    told = text.strip()
    if not told:
        return None
    found = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 0
    if not 1 <= found <= MOST_PEOPLE:
        raise InvalidInputError(
            Phrase("“每队人数”应填 1 到 %(most)s 的整数。", most=MOST_PEOPLE), field="people"
        )
    return found


def _number(text: str, most: float, field: str, label: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found <= most:
        raise InvalidInputError(
            Phrase(
                "“%(label)s”应填大于 0、不超过 %(most)s 的数字。",
                label=Phrase(label),
                most=f"{most:g}",
            ),
            field=field,
        )
    return found
