"""From the phone's record to a closed hazard: jobs that open themselves, the desk, the paper."""

import json
from datetime import timedelta
from io import BytesIO
from random import Random

import pytest
from PIL import Image
from pypdf import PdfReader

from dianliang.core import files
from dianliang.core.models import AuditEvent
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.work import phone_keys
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs
from dianliang.faces.field.requests import Encoder
from dianliang.flows import day_route, fieldwork, safety, safety_desk, safety_papers
from dianliang.flows.safety_desk import Sent
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from tests import hazards
from tests.core.test_files import photo
from tests.fieldworld import NOON, op

DAY = timedelta(days=1)


@pytest.fixture
def steward(world):
    return world.actor("P2")


@pytest.fixture
def desk(world):
    return Actor(
        id="user:desk", name="调度", role=Role.DISPATCHER, unit_path="/AJ/", unit_code="AJ"
    )


@pytest.fixture
def visit(world):
    checklists.load_shipped()
    household = Checklist.objects.get(code="household")
    return world.visit(status="ARRIVED", inspects=household, checklist=[])


def answered(*, wrong=("H07",)):
    sheet = checklists.current("household")
    return [
        {
            "code": item.code,
            "value": "" if item.kind == "number" else "not_ok" if item.code in wrong else "ok",
            "number": item.most if item.kind == "number" else None,
            "photos": [0] if item.needs_photo else [],
        }
        for item in sheet.items
    ]


def sheet_of(steward, *, wrong=("H07", "H09"), at=NOON, **changed):
    """Fill in a sheet as the phone sends it: one photo of the house, one of each hazard."""
    shown = [hazards.picture(at).token for _ in range(len(wrong) + 1)]
    sheet = checklists.current("household")
    body = {
        "checklist": "household",
        "version": sheet.number,
        "answers": answered(wrong=wrong),
        "hazards": [
            {
                "code": code,
                "words": "插座烧焦",
                "class": sheet.item(code).hazard_class,
                "party": "customer",
                "days": sheet.item(code).deadline_days,
                "photo": place + 1,
            }
            for place, code in enumerate(wrong)
        ],
        "photos": shown,
        "signature": [hazards.picture(at).token],
        "signer": "王春花",
    }
    return body | changed


def sync(by, *operations, at=NOON):
    return fieldwork.sync(list(operations), by=by, at=at)


def outcomes(results):
    return [result.outcome for result in results]


def inspect(visit, steward, **changed):
    (result,) = sync(steward, op("i1", "inspect", visit.number, **sheet_of(steward, **changed)))
    assert result.outcome == "applied", result.words
    return list(Hazard.objects.order_by("number"))


def test_the_phones_record_is_kept_once_and_finishes_the_visit(visit, steward):
    sent = [
        op("i1", "inspect", visit.number, **sheet_of(steward)),
        op("c1", "complete", visit.number, after="i1", minutes=1),
    ]
    assert outcomes(sync(steward, *sent)) == ["applied", "applied"]
    assert outcomes(sync(steward, *sent)) == ["already", "already"]

    assert Hazard.objects.count() == 2
    assert Inspection.objects.get().inspected_at == NOON - timedelta(hours=2)
    assert Visit.objects.get().status == "DONE"


def test_a_visit_does_not_end_before_its_checklist_is_filled_in(visit, steward):
    (result,) = sync(steward, op("c1", "complete", visit.number))

    assert (result.outcome, result.field) == ("refused", "inspection")
    assert Visit.objects.get().status == "ARRIVED"


def test_what_was_seen_is_kept_though_the_visit_was_taken_back_meanwhile(visit, steward):
    Visit.objects.update(status="WITHDRAWN")
    results = sync(
        steward,
        op("a1", "arrive", visit.number),
        op("i1", "inspect", visit.number, after="a1", minutes=1, **sheet_of(steward)),
        op("c1", "complete", visit.number, after="i1", minutes=2),
    )

    assert outcomes(results) == ["conflict", "applied", "conflict"]
    assert Hazard.objects.count() == 2


def test_two_phones_of_a_team_and_the_second_is_shown_the_conflict(world, visit, steward):
    inspect(visit, steward)
    (result,) = sync(world.actor("P1"), op("i9", "inspect", visit.number, **sheet_of(steward)))

    assert result.outcome == "conflict"
    assert Hazard.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"version": 99}, "checklist"),
        ({"version": "1"}, "days"),
        ({"photos": []}, "photos"),
        ({"answers": "x"}, "answers"),
        ({"hazards": [3]}, "hazards"),
        ({"hazards": []}, "H07"),
        ({"signature": [], "unsigned_reason": ""}, "signature"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_its_field(visit, steward, changed, field):
    sent = op("i1", "inspect", visit.number, **sheet_of(steward, **changed))
    (result,) = sync(steward, sent)

    assert (result.outcome, result.field) == ("refused", field)
    assert not Inspection.objects.exists()


def test_a_neighbouring_teams_visit_cannot_be_inspected(world, visit, steward):
    (result,) = sync(world.actor("P3"), op("i1", "inspect", visit.number, **sheet_of(steward)))

    assert result.outcome == "refused"


def claim(hazard, at=NOON + DAY, by=SYSTEM, **said):
    sent = Sent(words=said, photo=photo((50, 50)))
    return safety_desk.claim_by_code(
        token=hazard.notice.token, number=hazard.number, sent=sent, at=at
    )


def test_a_claim_by_the_code_opens_one_recheck_for_the_same_house_due_by_the_deadline(
    visit, steward
):
    first, grave = inspect(visit, steward)
    claim(first)
    claim(grave)

    first.refresh_from_db(), grave.refresh_from_db()
    job = first.recheck_job
    assert (first.status, grave.status, grave.recheck_job) == ("RECHECK", "RECHECK", job)
    assert (job.status, job.priority, job.preferred_team.code) == ("OPEN", "must", "XH")
    assert job.due_at <= first.due_at
    assert first.claimed_by == "责任方（扫码）"


def test_the_recheck_on_the_phone_closes_one_and_sends_the_other_back(world, visit, steward):
    first, grave = inspect(visit, steward)
    claim(first), claim(grave)
    first.refresh_from_db()
    again = world.visit(job=first.recheck_job, status="ARRIVED")
    Job.objects.filter(pk=first.recheck_job_id).update(status="SCHEDULED")
    shown = hazards.picture(NOON).token
    later = NOON + 2 * DAY
    early, *_ = sync(steward, op("c0", "complete", again.number, at=later), at=later)
    results = sync(
        steward,
        op("r1", "recheck", again.number, at=later, hazard=first.number, passed=True,
           photos=[shown]),
        op("r2", "recheck", again.number, at=later, minutes=1, hazard=grave.number, passed=False,
           words="还在用私接线"),
        op("c1", "complete", again.number, at=later, minutes=2),
        at=later,
    )  # fmt: skip

    assert early.outcome == "refused"
    assert outcomes(results) == ["applied"] * 3
    first.refresh_from_db(), grave.refresh_from_db()
    assert (first.status, first.after.token) == ("CLOSED", shown)
    assert (grave.status, grave.due_at) == ("RECTIFYING", grave.found_at + 3 * DAY)
    assert Job.objects.get(pk=first.recheck_job_id).status == "DONE"


def test_without_a_photo_a_recheck_on_the_phone_closes_nothing(world, visit, steward):
    first, _ = inspect(visit, steward)
    claim(first)
    first.refresh_from_db()
    again = world.visit(job=first.recheck_job, status="ARRIVED")
    (result,) = sync(steward, op("r1", "recheck", again.number, hazard=first.number, passed=True))

    assert (result.outcome, result.field) == ("refused", "photo")
    first.refresh_from_db()
    assert first.status == "RECHECK"


def test_our_own_hazard_is_repaired_by_a_job_whose_visit_proves_it(world, visit, steward, desk):
    body = sheet_of(steward, wrong=("H01",))
    body["hazards"][0]["party"] = "us"
    sync(steward, op("i1", "inspect", visit.number, **body))
    hazard = Hazard.objects.get()
    act("start", hazard, desk)
    hazard.refresh_from_db()
    repair = world.visit(job=hazard.repair_job, status="ARRIVED")
    Job.objects.filter(pk=hazard.repair_job_id).update(status="SCHEDULED", checklist=[])
    (early,) = sync(steward, op("c0", "complete", repair.number))
    results = sync(
        steward,
        op("f1", "rectify", repair.number, hazard=hazard.number, words="换了进户线",
           photos=[hazards.picture(NOON).token]),
        op("c1", "complete", repair.number, minutes=1),
        at=NOON + DAY,
    )  # fmt: skip

    assert early.outcome == "refused"
    assert outcomes(results) == ["applied", "applied"]
    hazard.refresh_from_db()
    assert (hazard.status, hazard.claimed_by) == ("RECHECK", "周电工")


def act(verb, hazard, by, *, at=NOON + DAY, shown=None, **words):
    sent = Sent(words=words, photo=shown)
    return safety_desk.perform(number=hazard.number, verb=verb, sent=sent, by=by, at=at)


def test_a_given_up_recheck_opens_anew_by_itself(visit, steward):
    first, _ = inspect(visit, steward)
    claim(first)
    first.refresh_from_db()
    jobs.cancel(job=first.recheck_job, reason="误撤", by=SYSTEM, at=NOON)

    assert safety.renew_rechecks(at=NOON + DAY) == 1
    first.refresh_from_db()
    assert first.recheck_job.status == "OPEN"
    assert safety.renew_rechecks(at=NOON + DAY) == 0


def test_what_is_overdue_is_escalated_with_its_reason_and_can_still_be_put_right(visit, steward):
    first, grave = inspect(visit, steward)
    assert safety.escalate_overdue(at=NOON + 5 * DAY) == 1
    assert safety.escalate_overdue(at=NOON + 5 * DAY) == 0

    grave.refresh_from_db(), first.refresh_from_db()
    assert (grave.status, first.status) == ("ESCALATED", "NOTIFIED")
    assert grave.reason == "超过整改期限 4 天，未收到整改照片。"
    claim(grave)
    grave.refresh_from_db()
    assert grave.status == "RECHECK"


def test_the_desk_closes_by_photo_and_gives_up_the_visit_that_is_not_needed(visit, steward, desk):
    first, _ = inspect(visit, steward)
    with pytest.raises(DomainError, match="请附上整改后的照片"):
        act("rectify", first, desk, reason="户主来电")
    act("rectify", first, desk, shown=photo((60, 40)), reason="户主来电")
    with pytest.raises(DomainError, match="没有复查照片"):
        act("close", first, desk)
    act("close", first, desk, shown=photo((61, 40)), reason="台区经理顺路看过")

    first.refresh_from_db()
    assert (first.status, first.recheck_job.status) == ("CLOSED", "CANCELLED")


def test_a_recheck_that_a_team_has_is_not_closed_over_its_head(visit, steward, desk):
    first, _ = inspect(visit, steward)
    claim(first)
    Job.objects.filter(title__startswith="隐患复查").update(status="SCHEDULED")
    with pytest.raises(DomainError, match="已排给队伍"):
        act("close", first, desk, shown=photo((61, 40)))

    first.refresh_from_db()
    assert first.status == "RECHECK"


def test_the_desk_delivers_what_was_not_signed(visit, steward, desk):
    sync(
        steward,
        op("i1", "inspect", visit.number,
           **sheet_of(steward, signature=[], unsigned_reason="无人在家")),
    )  # fmt: skip
    hazard = Hazard.objects.first()
    assert hazard.status == "FOUND"
    act("notify", hazard, desk, reason="村委会转交，户主签收")
    with pytest.raises(DomainError, match="已经送达"):
        act("notify", hazard, desk, reason="再来一次")

    assert set(Hazard.objects.values_list("status", flat=True)) == {"NOTIFIED"}
    assert Notice.objects.get().received_how == "村委会转交，户主签收"


def test_another_stations_desk_finds_neither_hazard_nor_notice(visit, steward):
    first, _ = inspect(visit, steward)
    stranger = Actor(id="x", name="x", role=Role.DISPATCHER, unit_path="/BJ/")
    with pytest.raises(NotVisibleError):
        act("withdraw", first, stranger, reason="x")
    with pytest.raises(NotVisibleError):
        safety_papers.notice_pdf(number=first.notice.number, link="x", by=stranger, at=NOON)


def test_the_notice_prints_its_number_hazards_and_deadlines(visit, steward, desk):
    first, grave = inspect(visit, steward)
    name, content = safety_papers.notice_pdf(
        number=first.notice.number, link="https://example.test/h/", by=desk, at=NOON
    )

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    flat = "".join(text.split())
    assert name == f"{first.notice.number}.pdf"
    for words in (first.notice.number, first.number, grave.number, "重大隐患", "2026-12-24"):
        assert words in flat
    assert "现场签收：王春花" in flat
    assert AuditEvent.objects.filter(verb="safety.notice.print").count() == 1


def test_who_holds_the_code_sees_that_it_is_genuine_and_nobodys_name(visit, steward):
    first, _ = inspect(visit, steward)
    page = safety_desk.public_notice(token=first.notice.token)

    assert (page.number, len(page.hazards)) == (first.notice.number, 2)
    assert "王春花" not in str(page)
    assert "插座烧焦" not in str(page)
    assert visit.job.address not in str(page)
    with pytest.raises(NotVisibleError, match="查无此通知书"):
        safety_desk.public_notice(token="forged-token-0000")


def test_an_inspection_is_ordered_for_a_place_and_refuses_what_makes_no_sense(town):
    desk = town.actor("S1")
    asked = {"kind": "pump_house", "area_code": "V1", "address": "村口", "by": desk, "at": NOON}
    job = safety.order_inspection(due_on=(NOON + DAY).date(), **asked)

    assert (job.inspects.code, job.unit.code, job.checklist) == ("pump_house", "S1", [])
    for wrong in (
        {"kind": "x"},
        {"area_code": "V9"},
        {"due_on": NOON.date() - DAY},
        {"customer": "KH-none"},
        {"by": town.actor("S2")},
    ):
        with pytest.raises(InvalidInputError):
            safety.order_inspection(**{"due_on": (NOON + DAY).date(), **asked, **wrong})
    assert Job.objects.count() == 1


def test_the_picture_for_the_phone_is_small_and_only_for_the_team(world, visit, steward):
    first, _ = inspect(visit, steward)
    claim(first)
    first.refresh_from_db()
    again = world.visit(job=first.recheck_job, status="ARRIVED")
    content = safety.before_picture(number=first.number, visit=again.number, by=steward)

    assert content.startswith(b"\xff\xd8")
    assert len(content) <= len(files.read(first.before)) + 2000
    with pytest.raises(NotVisibleError):
        safety.before_picture(number=first.number, visit=again.number, by=world.actor("P3"))
    with pytest.raises(NotVisibleError):
        safety.before_picture(number=first.number, visit=visit.number, by=steward)


def test_an_escalation_loses_to_a_claim_in_the_same_moment(visit, steward):
    first, _ = inspect(visit, steward)
    same = Hazard.objects.get(pk=first.pk)
    claim(first)
    with pytest.raises(DomainError):
        rectifying.escalate(hazard=same, reason="逾期", by=SYSTEM, at=NOON)


def test_a_phone_gets_its_own_keys_back_and_nobody_elses(world, steward):
    today = fieldwork.seal_key(by=steward, at=NOON)
    tomorrow = fieldwork.seal_key(by=steward, at=NOON + DAY)
    other = fieldwork.seal_key(by=world.actor("P1"), at=NOON)

    assert fieldwork.seal_key(by=steward, at=NOON) == today
    assert today.secret != tomorrow.secret
    codes = [today.code, other.code, "unknown"]
    assert fieldwork.seal_keys(codes, by=steward) == (today,)
    with pytest.raises(InvalidInputError):
        fieldwork.seal_keys("x", by=steward)
    assert phone_keys.forget_old(at=NOON + 62 * DAY) == 3


def test_a_full_day_with_its_hazards_stays_far_below_20_mb(world, steward):
    """Forty stops, each an inspection or a re-check of three hazards, with noisy photos."""
    checklists.load_shipped()
    kinds = list(Checklist.objects.all())
    noise = Image.frombytes("RGB", (400, 300), Random(7).randbytes(400 * 300 * 3))
    out = BytesIO()
    noise.resize((1600, 1200)).save(out, "JPEG", quality=85)
    size = len(files.small(files.keep_image(out.getvalue(), at=NOON)))
    for place in range(40):
        world.visit(inspects=kinds[place % 5], checklist=[], customer=None)
    content = day_route.day(by=steward, at=NOON)
    text = json.dumps(content, cls=Encoder, ensure_ascii=False).encode()

    assert len(content.sheets) == 40
    assert len(content.checklists) == 5
    assert len(text) + 40 * 3 * size < 20 * 2**20


def test_of_tomorrow_a_phone_knows_where_and_no_person(world, steward):
    customer = world.special_customer()
    world.visit(customer=customer, need=world.need())
    world.visit(customer=customer, need=world.need(phone="13800138001"), on=NOON.date() + DAY)
    today, tomorrow = day_route.day(by=steward, at=NOON).sheets

    assert (len(today.contacts), len(today.needs), today.care.password) == (2, 1, "春暖花开")
    assert (tomorrow.contacts, tomorrow.needs, tomorrow.care, tomorrow.past) == ((), (), None, ())
