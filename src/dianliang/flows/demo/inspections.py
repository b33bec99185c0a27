"""Inspections of the demo county, with hazards in every state and photos marked as generated."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.inspecting import Sheet
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.safety.records import NOT_OK, OK, Answer, Found, Record
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Team
from dianliang.flows import safety
from dianliang.flows.demo.county import County
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

INSPECTIONS = 12
SIZE = (320, 240)
KINDS = ("household", "household", "stairwell", "pump_house", "school", "farm")


def build_inspections(county: County, *, rng: Random, by: Actor, at: datetime) -> int:
    """Inspect a dozen places in the last weeks; return how many hazards that found."""
    villages = [village for village in county.villages if village.lat and village.lon]
    for number, area in enumerate(rng.sample(villages, min(INSPECTIONS, len(villages)))):
        on = at - timedelta(days=3 * number + 1)
        _inspect(area, county.teams[0], KINDS[number % len(KINDS)], number, rng=rng, by=by, at=on)
    hazards = list(
        Hazard.objects.select_related(
            "before", "area", "unit", "customer", "inspection__visit__job"
        ).order_by("number")
    )
    for number, hazard in enumerate(hazards):
        later = min(hazard.found_at + timedelta(days=2), at)
        if number % 3 == 0 or hazard.status == "CLOSED":
            continue
        claimed = _picture(f"AFTER {number}", rng, at=later)
        safety.claim(hazard=hazard, photo=claimed, words="已整改", by=by, at=later)
        if number % 3 == 1:
            seen = _picture(f"RECHECK {number}", rng, at=later)
            safety.release_recheck(hazard=hazard, by=by, at=later)
            safety.judge(hazard=hazard, passed=True, photo=seen, words="", by=by, at=later)
    safety.escalate_overdue(at=at)
    Inspection.objects.update(is_generated=True)
    Hazard.objects.update(is_generated=True)
    return len(hazards)


def _inspect(
    area: Area, team: Team, kind: str, number: int, *, rng: Random, by: Actor, at: datetime
) -> None:
    sheet = checklists.current(kind)
    if sheet is None or area.lat is None or area.lon is None:
        return
    visit = _visit(area, team, kind, number, point=GeoPoint(area.lat, area.lon), at=at)
    checks = [item.code for item in sheet.items if item.kind == "check"]
    wrong = rng.sample(checks, 1 + number % 2)
    record = drawn_record(sheet, wrong, number, rng=rng, at=at)
    inspecting.record(visit=visit, sheet=sheet, record=record, by=by, at=at)


def drawn_record(
    sheet: Sheet, wrong: list[str], number: int, *, rng: Random, at: datetime
) -> Record:
    """Return what somebody would have written on a checklist, with pictures drawn for it."""
    house = _picture(f"{sheet.code} {number}", rng, at=at)
    return Record(
        answers=_answers(sheet, wrong, house),
        found=tuple(_found(sheet, code, _picture(f"BEFORE {code}", rng, at=at)) for code in wrong),
        inspected_at=at,
        signature=house if number % 4 else None,
        signer="演示签收人",
        unsigned_reason="" if number % 4 else "负责人不在场",
    )


def _visit(
    area: Area, team: Team, kind: str, number: int, *, point: GeoPoint, at: datetime
) -> Visit:
    """Store a visit that is over, as the weeks behind left it."""
    checklist = Checklist.objects.get(code=kind)
    job = Job.objects.create(
        number=f"GD-JC-{number:04d}",
        title=checklist.name,
        inspects=checklist,
        area=area,
        lat=point.lat,
        lon=point.lon,
        unit=team.unit,
        duration_min=safety.MINUTES[kind],
        opened_at=at - timedelta(days=1),
        status="DONE",
        done_at=at,
        is_generated=True,
    )
    return Visit.objects.create(
        number=f"SM-JC-{number:04d}",
        job=job,
        team=team,
        on=at.astimezone(SHANGHAI).date(),
        sequence=90 + number,
        arrive_at=at,
        depart_at=at,
        arrived_at=at,
        ended_at=at,
        status="DONE",
    )


def _answers(sheet: Sheet, wrong: list[str], shown: StoredFile) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            code=item.code,
            value=NOT_OK if item.code in wrong else OK,
            number=item.most if item.kind == "number" else None,
            photos=(shown,) if item.needs_photo else (),
        )
        for item in sheet.items
    )


def _found(sheet: Sheet, code: str, photo: StoredFile) -> Found:
    item = sheet.item(code)
    if item is None:
        raise LookupError(code)
    return Found(
        code=code,
        words="（演示）" + item.wording[:12] + "不符合",
        hazard_class=item.hazard_class,
        party=item.party,
        deadline_days=item.deadline_days,
        photo=photo,
    )


def _picture(words: str, rng: Random, *, at: datetime) -> StoredFile:
    """Draw a photo that nobody takes for a real one."""
    shade = tuple(rng.randrange(60, 200) for _ in range(3))
    image = Image.new("RGB", SIZE, shade)
    ImageDraw.Draw(image).text((20, 100), f"DEMO {words}", fill="white")
    out = BytesIO()
    image.save(out, "JPEG")
    return files.keep_image(out.getvalue(), at=at)
