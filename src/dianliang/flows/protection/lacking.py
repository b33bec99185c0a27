"""What the plan of a guarded event still lacks, told in words, all at once."""

from collections.abc import Sequence

from dianliang.domain.protection.coverage import doubled, gaps
from dianliang.domain.protection.models import Duty, Equipment, Event, Hall, Standby
from dianliang.domain.rosters.models import Turn
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase


def halls_of(event: Event) -> tuple[Hall, ...]:
    """Return the halls of an event with what feeds them and who stands by. At most six queries."""
    rows = event.halls.select_related("customer__area", "site__area").prefetch_related(
        "equipment__feeder", "equipment__transformer", "standbys__team"
    )
    return tuple(rows.defer("customer__contact", "customer__phone"))


def lacking(event: Event) -> tuple[str, ...]:
    """Return in words what a plan still lacks; an empty one can be released."""
    halls = halls_of(event)
    if not halls:
        return ("还没有保电场所。",)
    period = TimeWindow(event.starts_at, event.ends_at)
    patrolled = _patrolled(event)
    found: list[str] = []
    for hall in halls:
        found += _of_hall(hall, period, patrolled)
    return (*found, *_of_duties(event, period))


def _patrolled(event: Event) -> set[tuple[int | None, int | None, int | None]]:
    rows = event.patrols.exclude(job__status="CANCELLED")
    return set(rows.values_list("hall_id", "feeder_id", "transformer_id"))


def _of_hall(
    hall: Hall,
    period: TimeWindow,
    patrolled: set[tuple[int | None, int | None, int | None]],
) -> list[str]:
    things: Sequence[Equipment] = list(hall.equipment.all())
    standbys: Sequence[Standby] = list(hall.standbys.all())
    found: list[str] = (
        [] if things else [Phrase("%(hall)s：还不知道由哪条线路或变压器供电。", hall=hall)]
    )
    if (hall.pk, None, None) not in patrolled:
        found.append(Phrase("%(hall)s：还没有开特巡工单。", hall=hall))
    found += [
        Phrase("%(hall)s：%(thing)s 还没有开特巡工单。", hall=hall, thing=thing)
        for thing in things
        if (None, thing.feeder_id, thing.transformer_id) not in patrolled
    ]
    windows = [TimeWindow(row.starts_at, row.ends_at) for row in standbys]
    return found + [
        Phrase("%(hall)s：%(said)s 没有队伍驻守。", hall=hall, said=_said(gap))
        for gap in gaps(period, windows)
    ]


def _of_duties(event: Event, period: TimeWindow) -> list[str]:
    posts: dict[str, list[TimeWindow]] = {}
    for duty in event.duties.select_related("roster"):
        posts.setdefault(duty.post, []).extend(_manned(duty))
    if not posts:
        return ["还没有值守岗位：请编好值班表并发布，再挂到岗位上。"]
    found: list[str] = []
    for post, windows in posts.items():
        found += [
            Phrase("%(post)s：%(said)s 没有人值守。", post=post, said=_said(gap))
            for gap in gaps(period, windows)
        ]
        found += [
            Phrase("%(post)s：%(said)s 有两张值班表重叠。", post=post, said=_said(both))
            for both in doubled(period, windows)
        ]
    return found


def _manned(duty: Duty) -> list[TimeWindow]:
    """Return the shifts of a published roster that somebody is on."""
    turns = Turn.objects.filter(
        is_live=True, shift__roster=duty.roster_id, shift__roster__status="PUBLISHED"
    )
    spans = turns.order_by().values_list("shift__starts_at", "shift__ends_at").distinct()
    return [TimeWindow(start, end) for start, end in spans]


def _said(window: TimeWindow) -> str:
    start, end = window.start.astimezone(SHANGHAI), window.end.astimezone(SHANGHAI)
    return f"{start:%m-%d %H:%M}–{end:%m-%d %H:%M}"
