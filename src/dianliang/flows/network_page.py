"""The pages of the network: transformers, lines, and the register of outages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.domain.network import access, operations, queries
from dianliang.domain.network.loading import Strain
from dianliang.domain.network.models import Feeder, Outage, Transformer
from dianliang.domain.network.operations import Told
from dianliang.domain.network.queries import FeederRow, OutageRow, TransformerRow
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

OUTAGES_BACK, OUTAGES_AHEAD = timedelta(days=366), timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the network is asked for; an empty part asks for all."""

    village: str = ""
    words: str = ""
    use: str = ""
    strain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerPage:
    """The transformers asked for, most strained first, and the counts of all that are his."""

    rows: tuple[TransformerRow, ...]
    over: int
    heavy: int
    unknown: int
    village_name: str


def transformers(asked: Asked, *, by: Actor, at: datetime) -> TransformerPage:
    """Return the transformers of the actor's villages. Two queries.

    Raises:
        NotVisibleError: the village that was asked for is absent or somebody else's.
    """
    areas, name = _areas(asked.village, by=by)
    own = queries.transformers(areas=areas, on=at.astimezone(SHANGHAI).date())
    shown = [
        row
        for row in own
        if (asked.words in row.number or asked.words in row.name)
        and (not asked.use or row.is_public == (asked.use == Transformer.Use.PUBLIC))
        and (not asked.strain or row.strain == asked.strain)
    ]
    shown.sort(key=lambda row: (-(row.load_share or 0.0), row.number))
    return TransformerPage(
        rows=tuple(shown),
        over=sum(row.strain is Strain.OVER for row in own),
        heavy=sum(row.strain is Strain.HEAVY for row in own),
        unknown=sum(row.strain is Strain.UNKNOWN for row in own),
        village_name=name,
    )


def feeders(asked: Asked, *, by: Actor, at: datetime) -> tuple[tuple[FeederRow, ...], str]:
    """Return the lines of the actor's villages, and the name of the village asked for.

    Raises:
        NotVisibleError: the village that was asked for is absent or somebody else's.
    """
    areas, name = _areas(asked.village, by=by)
    rows = queries.feeders(areas=areas, on=at.astimezone(SHANGHAI).date())
    return tuple(row for row in rows if asked.words in row.code or asked.words in row.name), name


def outages(asked: Asked, *, by: Actor, at: datetime) -> tuple[tuple[OutageRow, ...], str]:
    """Return the outages of a year and those announced, newest first.

    Raises:
        NotVisibleError: the village that was asked for is absent or somebody else's.
    """
    areas, name = _areas(asked.village, by=by)
    rows = queries.outages(areas=areas, since=at - OUTAGES_BACK, until=at + OUTAGES_AHEAD)
    return rows, name


def _areas(village: str, *, by: Actor) -> tuple[list[int], str]:
    """Return the villages asked for with their grid cells, and the name of a single one."""
    if not village:
        own = list(access.villages_of(by).values_list("pk", flat=True))
        name = ""
    else:
        found = access.village_to_see(village, by=by)
        own, name = [found.pk], found.name
    return list(access.with_cells(own)), name


def record_outage(
    *,
    thing: str,
    kind: str,
    started_at: datetime,
    ended_at: datetime | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Outage:
    """Write down an outage of a line or a transformer that serves the actor's villages.

    Raises:
        InvalidInputError: there is no such line or transformer, or no reason.
        UnableToRecordOutageError: see the operation.
    """
    areas, _name = _areas("", by=by)
    transformer = Transformer.objects.filter(number=thing, area_id__in=areas).first()
    feeder = None
    if transformer is None:
        on = at.astimezone(SHANGHAI).date()
        codes = {row.code for row in queries.feeders(areas=areas, on=on)}
        feeder = Feeder.objects.filter(code=thing).first() if thing in codes else None
        if feeder is None:
            message = Phrase(
                "没有编码为“%(thing)s”的线路或变压器，请从列表中选择。", thing=thing[:24]
            )
            raise InvalidInputError(message, field="thing")
    told = Told(
        kind=kind,
        feeder=feeder,
        transformer=transformer,
        started_at=started_at,
        ended_at=ended_at,
        reason=reason,
    )
    return operations.record_outage(told=told, by=by, at=at)


def outage_to_end(number: str, *, by: Actor) -> Outage:
    """Return an outage that hit the actor's villages.

    Raises:
        NotVisibleError: it is absent, or hit only others.
    """
    areas, _name = _areas("", by=by)
    found = Outage.objects.filter(number=number, areas__in=areas).distinct().first()
    if found is None:
        raise NotVisibleError("没有找到这次停电。")
    return found


def end_outage(*, outage: Outage, ended_at: datetime, by: Actor, at: datetime) -> Outage:
    """Write down when the power came back.

    Raises:
        UnableToRecordOutageError: see the operation.
    """
    return operations.end_outage(outage=outage, ended_at=ended_at, by=by, at=at)
