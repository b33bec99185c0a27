"""A camera over a pond of the demo county with events of the last weeks; all of it is generated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.linewatch.models import Camera, Event, WatchDay
from dianliang.domain.linewatch.operations import cameras, events, learning, spot
from dianliang.domain.linewatch.operations.events import Seen
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Charge, Membership, Team
from dianliang.flows.demo.county import County
from dianliang.flows.linewatch import answering, recording, retaining
from dianliang.flows.linewatch.strip_shape import COLUMNS, FRAMES, WIDTH_PX
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

HEIGHT_PX = 270
ZONE = "导线下方"
ZONES = (
    {
        "id": ZONE,
        "kind": "danger",
        "corners": [[0.3, 0.55], [0.72, 0.55], [0.8, 0.96], [0.24, 0.96]],
    },
    {
        "id": "东岸",
        "kind": "water_edge",
        "corners": [[0.74, 0.6], [0.97, 0.6], [0.98, 0.9], [0.8, 0.9]],
        "dwell_s": 20.0,
    },
)
EVENTS = (
    (45, 0.72, "fishing", "TRUE", 25),
    (12, 0.55, "stay", "FALSE", 90),
    (9, 0.81, "fishing", "TRUE", 22),
    (7, 0.58, "stay", "FALSE", 45),
    (5, 0.6, "stay", "FALSE", 35),
    (4, 0.86, "fishing", "TRUE", 18),
    (2, 0.7, "stay", "UNCLEAR", 60),
    (1, 0.78, "fishing", "TRUE", 31),
)
"""Days ago, confidence, what was done, what a person said of it, and after how many minutes."""
HOURS_A_DAY = 23.5
DAYS = 46
SIGNS = ("B01", "B03", "B05", "B06")


HORN = ("东岸喇叭（演示，不是真的）", "http://192.0.2.30/speak")
"""An address of the range for documentation (RFC 5737): nothing can answer there."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where the camera stands, and who keeps it."""

    area: Area
    team: Team
    by: Actor


def build_linewatch(county: County, *, rng: Random, at: datetime) -> Camera | None:
    """Register the camera, let it see something now and then; the last event is today's job."""
    cell = _cell(county.teams[1])  # the first team has a full day
    if cell is None:
        return None
    began = at - timedelta(days=DAYS)
    camera = _registered(cell, "荷塘", "12#–13#", at=began)
    for days, confidence, kind, verdict, minutes in EVENTS:
        _past(camera, at - timedelta(days=days), confidence, kind, verdict, minutes, by=cell.by)
    _watched(camera, at=at, rng=rng)
    for code in SIGNS:
        photo = _kept(_scene(), at=at)
        learning.check_sign(camera=camera, code=code, photo=photo, note="", by=cell.by, at=began)
    _missed(camera, by=cell.by, at=at)
    now = at - timedelta(minutes=6)
    recording.take_event(number=camera.number, seen=_seen(now, 0.83, "fishing", "steward"), at=now)
    name, address = HORN
    spot.add_speaker(camera=camera, name=name, address=address, secret="", by=cell.by, at=began)
    _of_the_logged_in_steward(county, rng=rng, at=at)
    retaining.delete_due(at=at)
    Event.objects.update(is_generated=True)
    Job.objects.filter(pk__in=Event.objects.values("job")).update(is_generated=True)
    Camera.objects.update(is_generated=True)
    return camera


def _registered(cell: _Cell, pond: str, span: str, *, at: datetime) -> Camera:
    """Register a camera at the middle of a village and draw its zones."""
    lat, lon = cell.area.lat, cell.area.lon
    assert lat is not None and lon is not None  # noqa: S101, PT018 (a cell is one that lies somewhere)
    camera = cameras.register(
        name=f"{cell.area.name.removesuffix('村委会')}{pond}（演示）",
        line_name="110kV 演示线",
        span=span,
        voltage_kv=110.0,
        area=cell.area,
        unit=cell.team.unit,
        point=GeoPoint(lat, lon),
        source="演示画面（生成）",
        by=cell.by,
        at=at,
    )
    cameras.draw_zones(camera=camera, zones=ZONES, reason="首次划定", by=cell.by, at=at)
    return camera


def _of_the_logged_in_steward(county: County, *, rng: Random, at: datetime) -> None:
    """Let a camera of the village of ``steward`` show two events that nobody was sent for."""
    cell = _cell(county.teams[0], username="steward")
    if cell is None:
        return
    camera = _registered(cell, "鱼塘", "21#–22#", at=at - timedelta(days=DAYS))
    _watched(camera, at=at, rng=rng)
    for minutes, confidence in ((95, 0.46), (40, 0.41)):
        then = at - timedelta(minutes=minutes)
        events.keep(camera=camera, seen=_seen(then, confidence, "stay", "console"), at=then)


def _cell(team: Team, *, username: str = "") -> _Cell | None:
    """Return a village that somebody of a team answers for, or whoever has a certain account."""
    crew = Membership.objects.filter(team=team).values("person")
    rows = Charge.objects.filter(kind__code="manager", area__level=Area.Level.VILLAGE)
    rows = rows.filter(person__in=crew, area__lat__isnull=False, area__lon__isnull=False)
    if username:
        rows = rows.filter(person__user__username=username)
    row = rows.select_related("area").order_by("area__code").first()
    if row is None:
        return None
    by = Actor(
        id="user:station",
        name="所调度员",
        role=Role.DISPATCHER,
        unit_path=team.unit.path,
        area_path="/",
        unit_code=team.unit.code,
    )
    return _Cell(row.area, team, by)


def _missed(camera: Camera, *, by: Actor, at: datetime) -> None:
    """Let somebody report what the camera did not tell three days ago."""
    spot.report_miss(
        camera=camera,
        kind="fishing",
        people=1,
        happened_at=at - timedelta(days=3),
        words="演示数据：柳树挡住镜头",
        by=by,
        at=at - timedelta(days=3) + timedelta(hours=2),
    )
    Miss.objects.update(is_generated=True)


def _past(
    camera: Camera,
    at: datetime,
    confidence: float,
    kind: str,
    verdict: str,
    minutes: int,
    *,
    by: Actor,
) -> None:
    """Keep an event that somebody has answered since, on the spot or at the desk."""
    event = events.keep(camera=camera, seen=_seen(at, confidence, kind, "steward"), at=at)
    answering.answer(
        number=event.number,
        verdict=verdict,
        note="已劝离" if verdict == "TRUE" else "",
        by=by,
        at=at + timedelta(minutes=minutes),
    )


def _seen(at: datetime, confidence: float, kind: str, warning: str) -> Seen:
    is_fishing, is_told = kind == "fishing", warning != "console"
    stayed = Phrase(
        "在%(where)s“%(zone)s”停留 %(stayed)s 秒，满 %(dwell)s 秒",
        where=Phrase("危险区"),
        zone=ZONE,
        stayed="9",
        dwell="8",
    )
    rod = Phrase("没看到钓竿，强度 %(strength).1f", strength=1.8)
    if is_fishing:
        rod = Phrase("%(n)d 张画面里手边都有细长物，强度 %(strength).1f", n=6, strength=8.4)
    return Seen(
        zone=ZONE,
        kind=kind,
        happened_at=at,
        since_at=at - timedelta(seconds=9),
        people=1,
        confidence=confidence,
        reasons=[
            {"code": "stay", "words": stayed},
            {"code": "rod" if is_fishing else "no-rod", "words": rod},
        ],
        warning=warning,
        warned_at=at + timedelta(seconds=0.4) if is_told else None,
        latency_s=1.4 if is_told else None,
        snapshot=_kept(_scene(rod=5 if is_fishing else 0, is_there=True), at=at),
        strip=_kept(_strip(is_fishing=is_fishing), at=at),
        frames=[round(0.8 * place, 1) for place in range(FRAMES)],
    )


def _watched(camera: Camera, *, at: datetime, rng: Random) -> None:
    """Write down the hours of the last weeks, and a last picture a moment ago."""
    today = at.astimezone(SHANGHAI).date()
    WatchDay.objects.bulk_create(
        WatchDay(
            camera=camera,
            on=today - timedelta(days=days),
            watched_s=3600 * (HOURS_A_DAY - 2 * rng.random()),
            pictures=400_000,
        )
        for days in range(1, DAYS)
    )
    recording.take_beat(
        number=camera.number,
        pictures=50,
        watched_s=10.0,
        at=at - timedelta(minutes=1),
        picture=_kept(_scene(), at=at),
    )


def _strip(*, is_fishing: bool) -> Image.Image:
    rows = -(-FRAMES // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * WIDTH_PX, rows * HEIGHT_PX))
    for place in range(FRAMES):
        frame = _scene(rod=place + 1 if is_fishing else 0, is_there=place > 0)
        sheet.paste(frame, (place % COLUMNS * WIDTH_PX, place // COLUMNS * HEIGHT_PX))
    return sheet


def _scene(*, rod: int = 0, is_there: bool = False) -> Image.Image:
    """Draw a pond under a line, perhaps with somebody whose head is covered; not a photo."""
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (196, 214, 222))
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, 110, WIDTH_PX, HEIGHT_PX], fill=(118, 142, 92))
    pen.ellipse([150, 130, 470, 230], fill=(84, 124, 140))
    for x in (60, 420):
        pen.line([(x, 20), (x, 170)], fill=(70, 70, 70), width=4)
        pen.line([(x - 24, 34), (x + 24, 34)], fill=(70, 70, 70), width=3)
    for drop in (0, 5, 10):
        pen.arc([60, -8 + drop, 420, 76 + drop], 10, 170, fill=(40, 40, 40), width=2)
    if is_there:
        _person(pen, rod)
    pen.text((8, HEIGHT_PX - 16), "GENERATED, NOT A PHOTO", fill=(20, 30, 30))
    return picture


HEAD: Sequence[tuple[int, int, int]] = ((150, 130, 115), (120, 100, 90), (170, 150, 140))


def _person(pen: ImageDraw.ImageDraw, rod: int) -> None:
    pen.rectangle([232, 166, 252, 206], fill=(52, 70, 120))
    pen.rectangle([233, 206, 240, 232], fill=(40, 44, 52))
    pen.rectangle([244, 206, 251, 232], fill=(40, 44, 52))
    for row in range(3):
        for column in range(3):
            left, top = 230 + 8 * column, 144 + 8 * row
            pen.rectangle([left, top, left + 7, top + 7], fill=HEAD[(row + column) % len(HEAD)])
    if rod:
        pen.line([(250, 186), (330, 112 + 3 * rod)], fill=(30, 30, 30), width=2)


def _kept(picture: Image.Image, *, at: datetime) -> StoredFile:
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return files.keep_image(out.getvalue(), at=at)
