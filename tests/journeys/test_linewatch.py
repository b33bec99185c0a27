"""Row 001-15: a film, the guard, an event, the steward on the spot, what he says, the week."""

from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader

from dianliang.domain.linewatch.models import Event
from dianliang.domain.work.models import Visit
from dianliang.flows import day_route, fieldwork
from dianliang.flows.linewatch import keeping, reading, watching, weekly
from dianliang.integrations.detecting import NanoDet
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from tests.town import NOON
from tests.watchworld import film, registered, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town"), pytest.mark.row("001-15")]
ZONES = (
    '[{"id": "导线下方", "kind": "danger", "dwell_s": 4,'
    ' "corners": [[0.2, 0.5], [0.9, 0.5], [0.9, 1], [0.2, 1]]}]'
)


def on_the_phone(town, person):
    return Actor(
        id="user:steward",
        name=person.name,
        role=Role.STEWARD,
        unit_path=town.units["S1"].path,
        area_path="/",
        unit_code="S1",
        person_number=person.number,
        team_codes=frozenset({"XH"}),
    )


def sent(verb, number, key, *, at, **body):
    return {
        "key": f"{key:032d}",
        "verb": verb,
        "number": number,
        "device_at": at.isoformat(),
        "after": "",
        "body": body,
    }


def test_from_a_film_to_the_steward_and_into_the_week(town, tmp_path):
    person = steward(town)
    by = on_the_phone(town, person)
    camera = registered(town, source=str(film(tmp_path / "pictures")))
    station = town.actor("S1")
    keeping.draw(number=camera.number, zones=ZONES, reason="", by=station, at=NOON)

    watching.watch(
        detector=NanoDet(), numbers=[], clock=lambda: NOON, tell=lambda _: None, films=tmp_path
    )

    event = Event.objects.get()
    assert (event.warning, event.status, event.job.status) == ("steward", "WAITING", "SCHEDULED")
    assert event.latency_s <= 1

    later = NOON + timedelta(minutes=25)
    (sheet,) = day_route.day(by=by, at=later).sheets
    (shown,) = sheet.watched
    assert (shown.number, shown.has_snapshot, sheet.stop.job_number) == (
        event.number,
        True,
        event.job.number,
    )
    assert reading.picture_on_site(
        number=event.number, visit=sheet.stop.number, by=by, at=later
    ).startswith(b"\xff\xd8")

    number = Visit.objects.get().number
    answer = {"event": event.number, "verdict": "TRUE", "words": "两人已劝离"}
    too_early = fieldwork.sync(
        [sent("answer_watch", number, 1, at=later, **answer)],
        sent_at=later.isoformat(),
        by=by,
        at=later,
    )
    assert [row.outcome for row in too_early] == ["conflict"]
    done = fieldwork.sync(
        [
            sent("accept", number, 2, at=later),
            sent("arrive", number, 3, at=later),
            sent("answer_watch", number, 4, at=later, **answer),
        ],
        sent_at=later.isoformat(),
        by=by,
        at=later,
    )
    assert [row.outcome for row in done] == ["applied"] * 3
    event.refresh_from_db()
    assert (event.status, event.answered_by, event.note) == ("TRUE", person.name, "两人已劝离")

    day = NOON.astimezone(SHANGHAI).date()
    (week,) = weekly.week(day=day, by=station).rows
    assert (week.figures.events, week.figures.true_count, week.figures.precision) == (1, 1, 1.0)
    assert week.figures.precision_low < 0.3, "one answer proves little"
    assert week.figures.answer_median_min == pytest.approx(25, abs=0.2)
    assert not weekly.week(day=day, by=town.actor("S2")).rows
    paper = weekly.paper(day=day, kind="pdf", by=station, at=later)
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert "110kV 安余线" in words
    table = Document(BytesIO(weekly.paper(day=day, kind="docx", by=station, at=later))).tables[1]
    assert "余村荷塘" in table.rows[1].cells[0].text
