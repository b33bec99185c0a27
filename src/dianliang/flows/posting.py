"""A need comes in: place, triage, unit, promises, record – in one transaction, once per key."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import idempotency, reference
from dianliang.core.files import keep_image
from dianliang.core.models import StoredFile
from dianliang.domain.catalog import queries as catalog
from dianliang.domain.catalog.models import Service, VenueType
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.intake.models import Message, Need, Participant, Rating
from dianliang.domain.intake.operations import handling, posting
from dianliang.domain.intake.operations.posting import Place
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.intake.tokens import participant
from dianliang.domain.territory import queries as territory
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Team
from dianliang.engines.triage import Suggestion
from dianliang.flows import triage
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

MOST_PHOTOS = 6
SERVICE_AREA_M = 60_000.0
VILLAGE_WITHIN_M = 8_000.0
ANYONE = Actor(id="anonymous", name="诉求人", role=Role.RESIDENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A need as it is asked for. Codes and text come from outside and are checked here."""

    text: str
    channel: str = Need.Channel.PORTAL
    service_code: str = ""
    venue_type: str = ""
    area_code: str = ""
    site_code: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    kind: str = Participant.Kind.RESIDENT
    name: str = ""
    phone: str = ""
    on_behalf_of: str = ""
    photos: tuple[bytes, ...] = ()


def checked(asked: Asked) -> Asked:
    """Return the request with clean text.

    Raises:
        InvalidInputError: a field cannot be kept; it is named.
    """
    if asked.kind not in Participant.Kind.values:
        raise InvalidInputError("请选择为谁提出。", field="kind")
    if asked.venue_type and asked.venue_type not in VenueType.values:
        raise InvalidInputError("没有这种场所类型。", field="venue_type")
    if len(asked.photos) > MOST_PHOTOS:
        raise InvalidInputError(f"最多上传 {MOST_PHOTOS} 张照片。", field="photos")
    phone = clean_text(asked.phone, field="phone", label="电话", most=24)
    if phone and not (phone.replace("-", "").isascii() and phone.replace("-", "").isdigit()):
        raise InvalidInputError("电话只能包含数字和短横线。", field="phone")
    return replace(
        asked,
        text=clean_text(asked.text, field="text", label="需求内容", most=4000, least=2),
        address=clean_text(asked.address, field="address", label="地址", most=200),
        name=clean_text(asked.name, field="name", label="称呼", most=40),
        on_behalf_of=clean_text(asked.on_behalf_of, field="on_behalf_of", label="代谁", most=40),
        phone=phone,
    )


def post_need(
    *, asked: Asked, key: str, follow_token: str, by: Actor = ANYONE, at: datetime
) -> dict[str, Any]:
    """Take in a need; the same key gets the same answer and is stored once.

    Returns number and whether it was a danger. The follow token of a repeated request is the one
    that came first: clients derive it from the key.

    Raises:
        InvalidInputError: a field cannot be kept; it is named and nothing is stored.
        KeyReusedError: the key came before with another body.
    """
    asked = checked(asked)
    body = {**{k: v for k, v in vars_of(asked).items() if k != "photos"}, "n": len(asked.photos)}

    ready = prepare(asked, at=at)

    def act() -> dict[str, Any]:
        need = store(ready, follow_token=follow_token, by=by, at=at)
        return {"number": need.number, "is_danger": need.is_danger}

    return idempotency.once(scope="need", key=key, body=body, at=at, act=act)


def was_posted(key: str) -> bool:
    """Tell whether a key was answered before: the sender repeats himself."""
    return bool(idempotency.recall(scope="need", keys=[key]))


def vars_of(asked: Asked) -> dict[str, Any]:
    """Return the fields of a request by name."""
    return {name: getattr(asked, name) for name in Asked.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A request that has been understood; nothing is written yet."""

    asked: Asked
    suggestion: Suggestion
    place: Place
    service: Service | None
    unit: Unit
    unit_why: str
    promised: catalog.Deadlines


def prepare(asked: Asked, *, at: datetime) -> Ready:
    """Place, triage and route a checked request. Reads only, so that no writer waits for it."""
    with reference.steady():
        return _understood(asked, at=at)


def _understood(asked: Asked, *, at: datetime) -> Ready:
    suggestion = triage.suggest(asked.text)
    place = locate(asked, suggestion)
    service = _service(asked, suggestion)
    unit, unit_why = unit_for(service=service, area=place.area)
    promised = catalog.deadlines(
        service=service,
        area_class=place.area.area_class,
        at=at,
        calendar=catalog.work_calendar(),
    )
    return Ready(
        asked=asked,
        suggestion=suggestion,
        place=place,
        service=service,
        unit=unit,
        unit_why=unit_why,
        promised=promised,
    )


@transaction.atomic(savepoint=False)
def store(
    ready: Ready,
    *,
    follow_token: str,
    by: Actor,
    at: datetime,
    photos: tuple[StoredFile, ...] = (),
) -> Need:
    """Write a prepared request: need, participant, suggestion, audit event.

    `photos` are those that came before it, as a phone sends them.
    """
    asked = ready.asked
    need = posting.post(
        text=asked.text,
        channel=asked.channel,
        place=ready.place,
        reporter=Reporter(
            kind=asked.kind,
            name=asked.name,
            phone=asked.phone,
            on_behalf_of=asked.on_behalf_of,
        ),
        follow_token=follow_token,
        service=ready.service,
        venue_type=asked.venue_type,
        unit=ready.unit,
        urgency=ready.suggestion.urgency,
        is_danger=ready.suggestion.is_danger,
        deadlines=ready.promised,
        photos=(*photos, *_keep(asked.photos, at=at)),
        at=at,
    )
    triage.record(need, ready.suggestion, unit_why=ready.unit_why, at=at)
    return posting.acknowledge(need=need, by=by, at=at)


def _keep(photos: tuple[bytes, ...], *, at: datetime) -> tuple[StoredFile, ...]:
    return tuple(keep_image(photo, at=at) for photo in photos if photo)


def _service(asked: Asked, suggestion: Suggestion) -> Service | None:
    code = asked.service_code or (suggestion.best.service_code if suggestion.best else "")
    if not code:
        return None
    service = catalog.active_service(code)
    if service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service_code")
    return service


def locate(asked: Asked, suggestion: Suggestion) -> Place:
    """Settle where a need is: scanned spot, pin, chosen village, place named in the text.

    Raises:
        InvalidInputError: a code is unknown, or the pin is impossible or out of the service area.
    """
    if asked.site_code:
        site = Site.objects.filter(code=asked.site_code).select_related("area").first()
        if site is None:
            raise InvalidInputError("二维码对应的点位不存在，请改选村社区。", field="site_code")
        point = GeoPoint(site.lat, site.lon)
        address = asked.address or site.address or site.name
        return Place(area=site.area, source="site", point=point, address=address, site=site)
    chosen = _chosen_area(asked)
    if asked.lat is not None or asked.lon is not None:
        return _at_pin(asked, chosen)
    if chosen is not None:
        return Place(area=chosen, source="village", address=asked.address)
    named = _named_area(suggestion) or _named_area(triage.suggest(asked.address))
    if named is not None:
        return Place(area=named, source="text", address=asked.address)
    county = territory.county()
    if county is None:
        raise InvalidInputError("本系统还没有载入区域，请联系管理员。", field="area_code")
    return Place(area=county, source="none", address=asked.address)


def _chosen_area(asked: Asked) -> Area | None:
    if not asked.area_code:
        return None
    area = territory.area_of(asked.area_code)
    if area is None:
        raise InvalidInputError("没有这个村社区，请重新选择。", field="area_code")
    return area


def _at_pin(asked: Asked, chosen: Area | None) -> Place:
    if asked.lat is None or asked.lon is None:
        raise InvalidInputError("地图选点缺少经度或纬度，请重新选点。", field="lat")
    point = GeoPoint(asked.lat, asked.lon)
    village = chosen or territory.nearest_village(point, within_m=VILLAGE_WITHIN_M)
    if village is None:
        message = "选点不在服务区域内，请把图钉移到本县范围，或改选村社区。"
        raise InvalidInputError(message, field="lat")
    if chosen and chosen.lat is not None and chosen.lon is not None:
        away = point.distance_m(GeoPoint(chosen.lat, chosen.lon))
        if away > SERVICE_AREA_M:
            message = "选点与所选村社区相距太远，请核对。"
            raise InvalidInputError(message, field="lat")
    return Place(area=village, source="pin", point=point, address=asked.address)


def named_area_code(suggestion: Suggestion) -> str:
    """Return the code of the smallest area that a text names without ambiguity, or nothing."""
    area = _named_area(suggestion)
    return area.code if area else ""


def _named_area(suggestion: Suggestion) -> Area | None:
    """Return the smallest area that the text names without ambiguity."""
    codes = [found.codes[0] for found in suggestion.places if len(found.codes) == 1]
    areas = [area for code in codes if (area := territory.area_of(code)) is not None]
    return max(areas, key=lambda area: len(area.path), default=None)


def duplicates_of(*, asked: Asked, at: datetime) -> tuple[triage.LikelyDuplicate, ...]:
    """Return needs that a request may repeat, to be offered before it is sent."""
    asked = checked(asked)
    suggestion = triage.suggest(asked.text)
    place = locate(asked, suggestion)
    if place.source == "none":
        return ()
    best = suggestion.best
    return triage.likely_duplicates(
        text=asked.text,
        area=place.area,
        point=place.point,
        at=at,
        service_code=asked.service_code or (best.service_code if best else ""),
        top=3,
    )


def join_need(
    *,
    number: str,
    text: str,
    reporter: Reporter,
    key: str,
    follow_token: str,
    by: Actor = ANYONE,
    at: datetime,
) -> dict[str, Any]:
    """Join somebody else's need, once per key.

    Raises:
        InvalidInputError: the need is unknown, or a field cannot be kept.
        UnableToJoinError: it has ended.
    """
    text = clean_text(text, field="text", label="补充描述", most=4000)

    def act() -> dict[str, Any]:
        need = Need.objects.filter(number=number).first()
        if need is None:
            raise InvalidInputError("没有找到这条需求。", field="number")
        posting.join(
            need=need, text=text, reporter=reporter, follow_token=follow_token, by=by, at=at
        )
        return {"number": need.number}

    body = {"number": number, "text": text, "phone": reporter.phone}
    return idempotency.once(scope="join", key=key, body=body, at=at, act=act)


@transaction.atomic
def add_words(
    *, token: str, text: str, photos: tuple[bytes, ...], by: Actor = ANYONE, at: datetime
) -> Message:
    """Add words or photos as a follower; a need that waited for them goes on.

    Raises:
        NotVisibleError: the token is unknown.
        InvalidInputError: nothing to add, or it cannot be kept.
    """
    who = participant(token)
    text = clean_text(text, field="text", label="补充内容", most=4000)
    message = posting.say(participant=who, text=text, photos=_keep(photos, at=at), by=by, at=at)
    if who.need.status == "WAITING":
        handling.answer(need=who.need, calendar=catalog.work_calendar(), by=by, at=at)
    return message


def cancel_need(*, token: str, reason: str, by: Actor = ANYONE, at: datetime) -> Need:
    """Cancel a need as the person who posted it.

    Raises:
        NotVisibleError, IllegalTransitionError, UnableToJoinError: see the operation.
    """
    reason = clean_text(reason, field="reason", label="原因", most=200)
    return posting.cancel(participant=participant(token), reason=reason, by=by, at=at)


@transaction.atomic
def rate_need(*, token: str, stars: int, words: str, by: Actor = ANYONE, at: datetime) -> Rating:
    """Rate as a participant; an unhappy rating has the need done again by somebody else.

    Raises:
        NotVisibleError, UnableToRateError, InvalidInputError: see the operation.
    """
    who = participant(token)
    words = clean_text(words, field="words", label="评语", most=1000)
    team = _team_that_came(who.need)
    rating = posting.rate(participant=who, stars=stars, words=words, team=team, by=by, at=at)
    if stars < posting.UNHAPPY_BELOW:
        reopen_need(need=who.need, team=team, reason=words or f"评价 {stars} 星", by=by, at=at)
    return rating


def reopen_need(*, need: Need, team: Team | None, reason: str, by: Actor, at: datetime) -> Need:
    """Have a need done again: new promises from now on, another team."""
    promised = catalog.deadlines(
        service=need.service,
        area_class=need.area.area_class,
        at=at,
        calendar=catalog.work_calendar(),
    )
    return posting.reopen(need=need, deadlines=promised, avoid=team, reason=reason, by=by, at=at)


def _team_that_came(need: Need) -> Team | None:
    done = Visit.objects.filter(job__need_part__need=need, status="DONE").select_related("team")
    last = done.order_by("-ended_at").first()
    return last.team if last else None
