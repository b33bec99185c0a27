"""What others may know about agreements: the register, one of them, and what they cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dianliang.domain.directory.agreements import UnableToAgreeError
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.directory.models import Agreement
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors, spoken_name
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

READERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
SOON_DAYS = 90
VIEWS = {
    "open": "草拟与生效中",
    "soon": "将届满",
    "over": "已届满与终止",
    "all": "全部",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """An agreement as lists need it. `days_left` is empty where it has no end or is over."""

    number: str
    title: str
    kind_label: str
    status: str
    status_label: str
    unit_names: tuple[str, ...]
    area_names: tuple[str, ...]
    signed_on: date | None
    valid_from: date
    valid_until: date | None
    days_left: int | None
    is_reminding: bool
    annexes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexRow:
    """An annex: `token` opens it."""

    token: str
    title: str
    media_type: str
    size_kb: int
    added_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFile:
    """One agreement with everything that is known of it, and what may be done with it."""

    row: AgreementRow
    kind: str
    scope: str
    unit_codes: frozenset[str]
    area_codes: frozenset[str]
    remind_days: int
    ended_on: date | None
    created_by: str
    annexes: tuple[AnnexRow, ...]
    may_change: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A township with the agreement that reaches it longest, and how many villages have their own.

    `state` is ``none``, ``soon`` (ends within 90 days) or ``good``.
    """

    code: str
    name: str
    agreement: AgreementRow | None
    state: str
    villages: int
    villages_with_own: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The agreements in scope, cut by one view, with the counts of all views and the coverage."""

    rows: tuple[AgreementRow, ...]
    counts: Mapping[str, int]
    coverage: tuple[Covered, ...]

    @property
    def without(self) -> int:
        """Return how many townships have no agreement in force."""
        return sum(town.state == "none" for town in self.coverage)

    @property
    def ending(self) -> int:
        """Return how many townships have one that ends soon."""
        return sum(town.state == "soon" for town in self.coverage)


def agreements_of(*, area: Area, on: date) -> tuple[AgreementRow, ...]:
    """Return the agreements in force on a day that an area, or an area above it, is a party of."""
    found = _in_force(on).filter(areas__path__in=ancestors(area)).distinct()
    return tuple(_row(agreement, on=on) for agreement in _told(found))


def in_force(*, on: date) -> tuple[tuple[frozenset[str], AgreementRow], ...]:
    """Return every agreement in force on a day with the paths of the areas that are its parties."""
    return tuple(
        (frozenset(area.path for area in agreement.areas.all()), _row(agreement, on=on))
        for agreement in _told(_in_force(on))
    )


def register(*, view: str, by: Actor, on: date) -> Register:
    """Return the agreements of the actor's areas and units, and which townships lack one."""
    rows = tuple(_row(agreement, on=on) for agreement in _told(visible(by)))
    cuts = {
        "open": tuple(r for r in rows if r.status in {"DRAFT", "IN_FORCE"}),
        "soon": tuple(r for r in rows if r.is_reminding),
        "over": tuple(r for r in rows if r.status in {"ENDED", "TERMINATED"}),
        "all": rows,
    }
    return Register(
        rows=cuts.get(view, cuts["open"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        coverage=coverage(by=by, on=on),
    )


def coverage(*, by: Actor, on: date) -> tuple[Covered, ...]:
    """Return for each township of the actor which agreement reaches it on a day."""
    areas = list(areas_of(by).filter(level__in=["township", "village"]).order_by("path"))
    parties: dict[str, list[AgreementRow]] = {}
    for agreement in _told(_in_force(on)):
        row = _row(agreement, on=on)
        for area in agreement.areas.all():
            parties.setdefault(area.path, []).append(row)
    towns = [area for area in areas if area.level == Area.Level.TOWNSHIP]
    villages = [area for area in areas if area.level == Area.Level.VILLAGE]
    return tuple(_covered(town, villages, parties) for town in towns)


def file(number: str, *, by: Actor, on: date) -> AgreementFile:
    """Return one agreement.

    Raises:
        NotVisibleError: absent, or not of the actor's areas and units.
    """
    agreement = _found(number, by=by)
    may_change = _leads(agreement, by=by)
    verbs = AGREEMENT.verbs(agreement.status, role=by.role) if may_change else ()
    return AgreementFile(
        row=_row(agreement, on=on),
        kind=agreement.kind,
        scope=agreement.scope,
        unit_codes=frozenset(unit.code for unit in agreement.units.all()),
        area_codes=frozenset(area.code for area in agreement.areas.all()),
        remind_days=agreement.remind_days,
        ended_on=agreement.ended_on,
        created_by=agreement.created_by,
        annexes=tuple(
            AnnexRow(
                token=annex.file.token,
                title=annex.title,
                media_type=annex.file.media_type,
                size_kb=-(-annex.file.size_bytes // 1024),
                added_by=annex.added_by,
            )
            for annex in agreement.annexes.all()
        ),
        may_change=may_change,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def to_change(number: str, *, by: Actor) -> Agreement:
    """Return an agreement that the actor leads: every unit that is a party is his, or below it.

    What several units signed is changed, renewed and terminated by the unit that stands over all
    of them, be it a party itself or not. One party of several, and a unit that merely serves the
    township, read it.

    Raises:
        NotVisibleError: absent, or another's.
        UnableToAgreeError: the actor may read it only.
    """
    agreement = _found(number, by=by)
    if not _leads(agreement, by=by):
        names = "、".join(unit.name for unit in agreement.units.all())
        message = Phrase(
            "协议 %(number)s 的单位方（%(names)s）不都属于本单位，本单位只能查"
            "看；如需修改、签订、续签或终止，请联系它们共同的上级单位办理。",
            number=number,
            names=names,
        )
        raise UnableToAgreeError(message)
    return agreement


def _leads(agreement: Agreement, *, by: Actor) -> bool:
    return all(unit.path.startswith(by.unit_path) for unit in agreement.units.all())


def _found(number: str, *, by: Actor) -> Agreement:
    found = _told(visible(by).filter(number=number)).first()
    if found is None:
        raise NotVisibleError("没有找到这份协议。")
    return found


def visible(by: Actor) -> QuerySet[Agreement]:
    """Return the agreements that one of the actor's areas or units is a party of."""
    if by.role not in READERS or not by.unit_path:
        return Agreement.objects.none()
    own = Q(areas__in=areas_of(by)) | Q(units__path__startswith=by.unit_path)
    return Agreement.objects.filter(pk__in=Agreement.objects.filter(own).values("pk"))


def expired(*, on: date) -> QuerySet[Agreement]:
    """Return the agreements in force whose last day has passed."""
    return Agreement.objects.filter(status="IN_FORCE", valid_until__lt=on)


def _told(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return agreements.prefetch_related("units", "areas", "annexes__file").order_by("-number")


def _in_force(on: date) -> QuerySet[Agreement]:
    """Return what counted on a day, also one that has ended since."""
    return Agreement.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        Q(ended_on=None) | Q(ended_on__gt=on) | Q(status="ENDED"),
        valid_from__lte=on,
        signed_on__isnull=False,
    ).exclude(status="DRAFT")


def _covered(
    town: Area, villages: list[Area], parties: Mapping[str, list[AgreementRow]]
) -> Covered:
    reaching = [row for path in ancestors(town) for row in parties.get(path, [])]
    best = max(reaching, key=lambda row: row.valid_until or date.max, default=None)
    own = [village for village in villages if village.path.startswith(town.path)]
    state = "none" if best is None else "good"
    if best is not None and best.days_left is not None and best.days_left <= SOON_DAYS:
        state = "soon"
    return Covered(
        code=town.code,
        name=town.name,
        agreement=best,
        state=state,
        villages=len(own),
        villages_with_own=sum(village.path in parties for village in own),
    )


def _row(agreement: Agreement, *, on: date) -> AgreementRow:
    counts = agreement.status == "IN_FORCE"
    until = agreement.valid_until
    left = (until - on).days if counts and until is not None else None
    return AgreementRow(
        number=agreement.number,
        title=agreement.title,
        kind_label=agreement.get_kind_display(),
        status=agreement.status,
        status_label=agreement.get_status_display(),
        unit_names=tuple(unit.name for unit in agreement.units.all()),
        area_names=tuple(spoken_name(area.name) for area in agreement.areas.all()),
        signed_on=agreement.signed_on,
        valid_from=agreement.valid_from,
        valid_until=until,
        days_left=left,
        is_reminding=left is not None and left <= agreement.remind_days,
        annexes=len(agreement.annexes.all()),
    )
