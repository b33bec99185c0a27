"""Reports of the situation: counted from records, final, compared, printed; who may read."""

from io import BytesIO

import docx
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from dianliang.core.models import AuditEvent
from dianliang.domain.incidents.models import LogEntry
from dianliang.domain.mobilisation import reports as kept
from dianliang.domain.mobilisation.models import SituationReport
from dianliang.domain.workforce.models import Person
from dianliang.flows.command import papers, reports
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.command import HOUR, MINUTE, done, reported
from tests.flows.incidents.things import opened
from tests.town import NOON

pytestmark = pytest.mark.django_db
KEY = "report-key-0001"


def lines(page):
    return {line.code: line for part in page.parts for line in part.lines}


@pytest.mark.row("002-08")
@pytest.mark.row("002-09")
def test_one_press_tells_the_situation_and_the_next_what_changed(flood):
    first = reports.make_once(key=KEY, number=flood.number, by=flood.chief, at=NOON + HOUR)
    again = reports.make_once(key=KEY, number=flood.number, by=flood.chief, at=NOON + HOUR)
    assert first == again
    before = lines(reports.page(number=first, compared="", by=flood.chief))
    assert {code: before[code].value for code in before if before[code].value} == {
        "key": 5,
        "log": 5,
        "teams": 2,
        "people": 4,
        "supply.followed": 5,
        "supply.first.normal": 1,
        "supply.second.normal": 4,
        "tasks.all": 5,
        "tasks.scheduled": 4,
        "tasks.waiting": 1,
        "tasks.unserved": 1,
    }
    assert [before[code].counted_in for code in ("people", "shifts", "turnouts")] == [
        "人",
        "人班",
        "人次",
    ]
    assert before["supply.lost"].change is None

    reported(flood, "ZY-1", "lost", at=NOON + 70 * MINUTE)
    assert done(flood, "ZY-0", supply="tied", generator="浙E·1 发电车") == ["applied"] * 4
    at = NOON + 2 * HOUR
    second = reports.make(number=flood.number, by=flood.chief, at=at)
    page = reports.page(number=second.number, compared="", by=flood.chief)
    after = lines(page)
    assert (page.row.since_at, page.compared.number, page.is_whole) == (NOON + HOUR, first, True)
    assert (after["supply.lost"].value, after["supply.lost"].told_change) == (1, "+1")
    assert (after["supply.second.tied"].value, after["tasks.done"].change) == (1, 1)
    assert after["supply.hours_lost"].value == 0.8
    assert after["supply.second.normal"].told_change == "−2"

    found = reports.behind(number=second.number, code="supply.lost", by=flood.chief, at=at)
    assert [(row.key, row.cells[2]) for row in found.rows] == [("ZY-1", "失电")]
    reported(flood, "ZY-1", "normal", at=at)
    same = reports.behind(number=second.number, code="supply.lost", by=flood.chief, at=at)
    assert same.rows == found.rows
    (left,) = reports.behind(number=first, code="tasks.unserved", by=flood.chief, at=at).rows
    assert left.cells[-1] == "没有所需的装备"
    words = LogEntry.objects.filter(words__contains=second.number)
    assert words.count() == 1


def test_a_report_is_final_and_its_digest_stands_in_the_trail(flood):
    made = reports.make(number=flood.number, by=flood.chief, at=NOON + HOUR)
    event = AuditEvent.objects.get(verb="mobilisation.situationreport.make")
    assert (event.after, kept.is_whole(made)) == (made.digest, True)
    rows = SituationReport.objects.filter(pk=made.pk)
    for change in (lambda: rows.update(made_by="别人"), lambda: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()
    made.body["sections"][0]["title"] = "改过"
    assert not kept.is_whole(made)


def test_a_report_is_printed_as_word_and_pdf_with_the_same_figures(flood):
    made = reports.make(number=flood.number, by=flood.chief, at=NOON + HOUR)
    asked = {"number": made.number, "compared": "", "by": flood.chief, "at": NOON + 5 * HOUR}
    paper = docx.Document(BytesIO(papers.printed(kind="docx", **asked)))
    cells = [c.text for table in paper.tables for row in table.rows for c in row.cells]
    pages = PdfReader(BytesIO(papers.printed(kind="pdf", **asked))).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    for words in ("方案没有排上", "没有所需的装备", "西苕溪超警戒水位（"):
        assert any(words in cell for cell in cells), words
        assert words in text, words
    assert made.digest in "".join(p.text for p in paper.paragraphs)
    assert AuditEvent.objects.filter(verb="mobilisation.situationreport.export").count() == 2


def test_readers_see_no_more_than_the_incident_shows_them(flood):
    made = reports.make(number=flood.number, by=flood.chief, at=NOON + HOUR)
    party = flood.town.actor("S1", Role.PARTY_AFFAIRS)
    page = reports.page(number=made.number, compared="", by=party)
    assert {"supply", "dispatch"} - {part.code for part in page.parts} == {"supply"}
    assert "key" not in lines(page)
    for code in ("supply.lost", "special", "nothing"):
        with pytest.raises(NotVisibleError):
            reports.behind(number=made.number, code=code, by=party, at=NOON)
    with pytest.raises(NotVisibleError):
        reports.make(number=flood.number, by=party, at=NOON)
    stranger = flood.town.actor("S2", Role.COMMANDER)
    with pytest.raises(NotVisibleError):
        reports.page(number=made.number, compared="", by=stranger)
    other = opened(flood.town)
    apart = reports.make(number=other.number, by=flood.chief, at=NOON + HOUR)
    with pytest.raises(NotVisibleError):
        reports.page(number=apart.number, compared=made.number, by=flood.chief)


def test_a_report_keeps_nobodys_name_and_shows_the_one_that_he_has_now(flood):
    made = reports.make(number=flood.number, by=flood.chief, at=NOON + HOUR)

    def told():
        found = reports.behind(number=made.number, code="people", by=flood.chief, at=NOON)
        return {row.person: row.cells[0] for row in found.rows}

    names = told()
    people = Person.objects.filter(number__in=names)
    assert dict(people.values_list("number", "name")) == names
    packed = str(kept.records_of(SituationReport.objects.get(number=made.number)))
    assert not [name for name in names.values() if name in packed]
    people.update(name="已清除")
    assert set(told().values()) == {"已清除"}
