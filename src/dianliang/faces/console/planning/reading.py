"""Read what a dispatcher says happened. Shape only: meaning is checked by the flow."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import pairwise

from django.http import QueryDict

from dianliang.domain.territory.queries import area_of, spoken_name
from dianliang.faces.console.fields import day, whole
from dianliang.flows.planning.disrupting import Longer, Lost, Report
from dianliang.flows.planning.happened import Cut, circle
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

MOST_CORNERS = 20
WIDEST_KM = 20


def report(sent: QueryDict, *, at: datetime) -> Report:
    """Return what was said; rows that were left empty say nothing.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    most = sent.get("most_changes", "")
    return Report(
        lost=tuple(_lost(sent, at=at)),
        longer=tuple(_longer(sent)),
        cuts=tuple(_cuts(sent)),
        withdrawn=tuple(number for number in sent.getlist("withdrawn") if number),
        urgent=tuple(number for number in sent.getlist("urgent") if number),
        most_changes=whole(most, field="most_changes", label="“最多改动几个上门”"),
    )


def _lost(sent: QueryDict, *, at: datetime) -> Iterator[Lost]:
    days, hours = sent.getlist("lost_on"), sent.getlist("lost_from")
    for row, code in enumerate(sent.getlist("lost_team")):
        if not code:
            continue
        on = day(_nth(days, row), field="lost_on", label="“哪一天”不能出勤")
        yield Lost(team_code=code, since=_since(on, _nth(hours, row), at=at))


def _since(on: date, hour: str, *, at: datetime) -> datetime:
    """Return from when on a team is lost: an hour that was given, now, or the whole of a day."""
    if hour:
        try:
            return datetime.combine(on, time.fromisoformat(hour), SHANGHAI)
        except ValueError as error:
            raise InvalidInputError(
                "“从几点起”应为时:分，例如 14:00。", field="lost_from"
            ) from error
    return at if on == at.astimezone(SHANGHAI).date() else datetime.combine(on, time(), SHANGHAI)


def _longer(sent: QueryDict) -> Iterator[Longer]:
    minutes = sent.getlist("longer_minutes")
    for row, number in enumerate(sent.getlist("longer_job")):
        if number:
            label = "“要多做几分钟”"
            more = whole(_nth(minutes, row), field="longer_minutes", label=label)
            yield Longer(job_number=number, minutes=more)


def _nth(values: list[str], row: int) -> str:
    return values[row] if row < len(values) else ""


def _cuts(sent: QueryDict) -> Iterator[Cut]:
    code = sent.get("cut_village", "")
    if code:
        yield _around_village(code, _kilometres(sent.get("cut_km", "")))
    text = sent.get("cut_points", "")
    if not text:
        return
    points = _points(text)
    if sent.get("cut_shape") == "circle":
        radius_m = points[0].distance_m(points[1])
        if not 0 < radius_m <= WIDEST_KM * 1000:
            raise InvalidInputError(
                Phrase("地图上的圆半径应在 %(most)s 公里以内。", most=WIDEST_KM), field="cut_points"
            )
        words = f"地图上圈出的地方（半径 {radius_m / 1000:.1f} 公里）进不去"
        yield Cut(points=circle(points[0], radius_m=radius_m), is_closed=True, words=words)
    else:
        length_m = sum(a.distance_m(b) for a, b in pairwise(points))
        words = f"地图上画的线（长 {length_m / 1000:.1f} 公里）过不去"
        yield Cut(points=points, is_closed=False, words=words)


def _around_village(code: str, km: float) -> Cut:
    area = area_of(code)
    if area is None or area.lat is None or area.lon is None:
        raise InvalidInputError(
            "道路中断的村社区不存在，或没有坐标，请在地图上画。", field="cut_village"
        )
    return Cut(
        points=circle(GeoPoint(area.lat, area.lon), radius_m=km * 1000),
        is_closed=True,
        words=f"{spoken_name(area.name)}周围 {km:g} 公里道路中断",
    )


def _kilometres(text: str) -> float:
    try:
        km = float(text)
    except ValueError as error:
        raise InvalidInputError("道路中断的半径应填公里数。", field="cut_km") from error
    if not 0.1 <= km <= WIDEST_KM:
        raise InvalidInputError(
            Phrase("道路中断的半径应为 0.1 到 %(most)s 公里。", most=WIDEST_KM), field="cut_km"
        )
    return km


def _points(text: str) -> tuple[GeoPoint, ...]:
    words = text.split(";")
    if not 2 <= len(words) <= MOST_CORNERS:
        raise InvalidInputError(
            Phrase("地图上请点 2 到 %(most)s 个点。", most=MOST_CORNERS), field="cut_points"
        )
    try:
        return tuple(GeoPoint(*map(float, word.split(","))) for word in words)
    except (TypeError, ValueError, InvalidInputError) as error:
        raise InvalidInputError("地图上的点读不出来，请清除后重画。", field="cut_points") from error
