"""A need comes in: place, triage, unit, promises, record – in one transaction, once per key."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import idempotency, reference
from dianliang.core.files import keep_image
from dianliang.core.models import StoredFile
from dianliang.domain.catalog import queries as catalog
from dianliang.domain.catalog.models import Service, VenueType
from dianliang.domain.directory.owners import OwnerFound, owner_in
from dianliang.domain.directory.queries import Routed, route
from dianliang.domain.intake.models import Message, Need, Participant
from dianliang.domain.intake.operations import handling, posting
from dianliang.domain.intake.operations.posting import Place
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.intake.tokens import participant
from dianliang.engines.triage import Suggestion
from dianliang.flows import need_follow, placing, triage
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_PHOTOS = 6
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
    firm: str = ""
    account_number: str = ""
    photos: tuple[bytes, ...] = ()

    def reporter(self) -> Reporter:
        """Return who asks."""
        return Reporter(
            kind=self.kind,
            name=self.name,
            phone=self.phone,
            on_behalf_of=self.on_behalf_of,
            firm=self.firm,
            account_number=self.account_number,
        )


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
        raise InvalidInputError(
            Phrase("最多上传 %(most)s 张照片。", most=MOST_PHOTOS), field="photos"
        )
    phone = clean_text(asked.phone, field="phone", label="电话", most=24)
    if phone and not (phone.replace("-", "").isascii() and phone.replace("-", "").isdigit()):
        raise InvalidInputError("电话只能包含数字和短横线。", field="phone")
    account = clean_text(asked.account_number, field="account_number", label="户号", most=20)
    if account and not (account.isascii() and account.isdigit()):
        raise InvalidInputError(
            "户号只能包含数字，在电费单或电表上可以找到；不清楚可不填。", field="account_number"
        )
    return replace(
        asked,
        text=clean_text(asked.text, field="text", label="需求内容", most=4000, least=2),
        address=clean_text(asked.address, field="address", label="地址", most=200),
        name=clean_text(asked.name, field="name", label="称呼", most=40),
        on_behalf_of=clean_text(asked.on_behalf_of, field="on_behalf_of", label="代谁", most=40),
        firm=clean_text(asked.firm, field="firm", label="单位名称", most=80),
        phone=phone,
        account_number=account,
    )


def post_need(
    *,
    asked: Asked,
    key: str,
    follow_token: str,
    by: Actor = ANYONE,
    admit: Callable[[], None] | None = None,
    at: datetime,
) -> dict[str, Any]:
    """Take in a need; the same key gets the same answer and is stored once.

    Returns number and whether it was a danger. The follow token of a repeated request is the one
    that came first: clients derive it from the key. `admit` may refuse a new need by raising; a
    danger is never held back.

    Raises:
        InvalidInputError: a field cannot be kept; it is named and nothing is stored.
        KeyReusedError: the key came before with another body.
    """
    asked = checked(asked)
    body = {**{k: v for k, v in vars_of(asked).items() if k != "photos"}, "n": len(asked.photos)}

    ready = prepare(asked, at=at)

    def act() -> dict[str, Any]:
        need = store(ready, follow_token=follow_token, by=by, admit=admit, at=at)
        return {"number": need.number, "is_danger": need.is_danger}

    return idempotency.once(scope="need", key=key, body=body, at=at, act=act)


NOTHING = Asked(text="")
NEVER_DROPPED = frozenset({"text", "kind", "idempotency_key"})


def post_in_danger(
    *, asked: Asked, key: str, follow_token: str, by: Actor = ANYONE, at: datetime
) -> tuple[str, ...]:
    """Take in a danger whatever else is wrong with the form; return what had to be left out.

    Raises:
        InvalidInputError: the words themselves cannot be kept.
        KeyReusedError: the key came before with another body.
    """
    dropped: list[str] = []
    while True:
        try:
            post_need(asked=asked, key=key, follow_token=follow_token, by=by, at=at)
        except InvalidInputError as refusal:
            if refusal.field is None or refusal.field in NEVER_DROPPED:
                raise
            dropped.append(refusal.message)
            asked = _without(asked, refusal.field)
        else:
            return tuple(dropped)


def _without(asked: Asked, field: str) -> Asked:
    empty: dict[str, Any] = {field: getattr(NOTHING, field)}
    if field in {"lat", "lon"}:
        empty = {"lat": None, "lon": None}
    return replace(asked, **empty)


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
    owner: OwnerFound
    routed: Routed
    promised: catalog.Deadlines


def prepare(asked: Asked, *, at: datetime) -> Ready:
    """Place, triage and route a checked request. Reads only, so that no writer waits for it."""
    with reference.steady():
        return _understood(asked, at=at)


def _understood(asked: Asked, *, at: datetime) -> Ready:
    suggestion = triage.suggest(asked.text)
    phone = asked.phone or next(iter(suggestion.phones), "")
    words = triage.without_numbers(asked.text, suggestion=suggestion, phone=phone)
    asked = replace(asked, text=words, phone=phone)
    place = _locate(asked, suggestion)
    service = _service(asked, suggestion)
    owner = owner_in(asked.text)
    routed = route(service=service, area=place.area, owner=owner.owner)
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
        owner=owner,
        routed=routed,
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
    admit: Callable[[], None] | None = None,
) -> Need:
    """Write a prepared request: need, participant, suggestion, audit event.

    `photos` are those that came before it, as a phone sends them; `admit`: see `post_need`.
    """
    asked = ready.asked
    need = posting.post(
        text=asked.text,
        channel=asked.channel,
        place=ready.place,
        reporter=asked.reporter(),
        follow_token=follow_token,
        service=ready.service,
        venue_type=asked.venue_type,
        unit=ready.routed.unit,
        facility_owner=ready.owner.owner,
        urgency=ready.suggestion.urgency,
        is_danger=ready.suggestion.is_danger,
        deadlines=ready.promised,
        photos=(*photos, *_keep(asked.photos, at=at)),
        at=at,
    )
    triage.record(need, ready.suggestion, routed=ready.routed, owner=ready.owner, at=at)
    # Here and not first: a count locks the sender's row, and others of his would wait for it.
    if admit is not None and not ready.suggestion.is_danger:
        admit()
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


def named_area_code(suggestion: Suggestion) -> str:
    """Return the code of the smallest area that a text names without ambiguity, or nothing."""
    area = placing.named_area(suggestion)
    return area.code if area else ""


def _locate(asked: Asked, suggestion: Suggestion) -> Place:
    return placing.locate(
        suggestion=suggestion,
        area_code=asked.area_code,
        site_code=asked.site_code,
        address=asked.address,
        lat=asked.lat,
        lon=asked.lon,
    )


def duplicates_of(
    *, asked: Asked, at: datetime, by: Actor | None = None
) -> tuple[triage.LikelyDuplicate, ...]:
    """Return needs that a request may repeat, as `by` may read them, or anybody."""
    asked = checked(asked)
    suggestion = triage.suggest(asked.text)
    place = _locate(asked, suggestion)
    if place.source == "none":
        return ()
    best = suggestion.best
    return triage.likely_duplicates(
        text=asked.text,
        area=place.area,
        point=place.point,
        at=at,
        service_code=asked.service_code or (best.service_code if best else ""),
        by=by,
        top=3,
    )


def join_need(
    *,
    number: str,
    text: str,
    reporter: Reporter,
    key: str,
    follow_token: str,
    photos: tuple[bytes, ...] = (),
    by: Actor = ANYONE,
    admit: Callable[[], None] | None = None,
    at: datetime,
) -> dict[str, Any]:
    """Join somebody else's need, once per key; `admit`: see `post_need`.

    Raises:
        InvalidInputError: the need is unknown or not public, or a field cannot be kept.
        UnableToJoinError: it has ended.
    """
    number = clean_text(number, field="number", label="需求编号", most=24)
    text = clean_text(text, field="text", label="补充描述", most=4000)
    asked = checked(Asked(text="加入", **asdict(reporter)))
    is_danger = triage.suggest(text).is_danger

    def act() -> dict[str, Any]:
        need = Need.objects.filter(number=number, is_public=True).first()
        if need is None:
            raise InvalidInputError("没有找到这条需求。", field="number")
        joined = posting.join(
            need=need,
            text=text,
            reporter=asked.reporter(),
            follow_token=follow_token,
            by=by,
            at=at,
        )
        if photos:
            kept = _keep(photos, at=at)
            posting.say(participant=joined, text="", photos=kept, by=by, at=at)
        if admit is not None and not is_danger:
            admit()
        return {"number": need.number}

    body = {"number": number, "text": text, "phone": asked.phone}
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
        need_follow.go_on_working(who.need, at=at)
    return message


def cancel_need(*, token: str, reason: str, by: Actor = ANYONE, at: datetime) -> Need:
    """Cancel a need as the person who posted it.

    Raises:
        NotVisibleError, IllegalTransitionError, UnableToJoinError: see the operation.
    """
    reason = clean_text(reason, field="reason", label="原因", most=200)
    return posting.cancel(participant=participant(token), reason=reason, by=by, at=at)
