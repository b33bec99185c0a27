"""A person's data: sealed at rest, handed out and erased when he asks, gone when their time is."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dianliang.core import jobs
from dianliang.core.models import AuditEvent, IdempotencyRecord, StoredFile
from dianliang.domain.care.models import Call
from dianliang.domain.customers.models import Customer
from dianliang.domain.hours.models import Appeal
from dianliang.domain.hours.operations import appealing
from dianliang.domain.intake.models import Need, Participant, Rating
from dianliang.domain.outreach.models import Recipient
from dianliang.domain.outreach.operations import channels, preferences
from dianliang.domain.outreach.phones import index_of, token_of
from dianliang.domain.safety.models import Inspection
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.venues.models import Booking
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Person
from dianliang.flows import care, care_contacts, care_files, handling, privacy, rating
from dianliang.flows.booking import asking, clock, desk, visiting
from dianliang.flows.booking.asking import Asked
from dianliang.flows.key_customers import importing, keeping, sheets
from dianliang.flows.outreach import answering
from dianliang.flows.staffing import lists, merging, people
from dianliang.flows.voices import mailbox
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests import hazards, hours, keyworld, rooms
from tests.core.test_files import photo as picture
from tests.flows.staffing.books import workbook
from tests.honourworld import SAID, Honoured
from tests.reaching import tell
from tests.staff import identity_card, person
from tests.town import NOON

PHONE, OTHER = "19987650001", "19987650002"
IDENTITY = "330523196001011234"
SECRETS = {
    "phone": PHONE,
    "name": "慕容晓白",
    "behalf": "司徒老太",
    "identity": IDENTITY,
    "customer": "欧阳守夜",
    "customer phone": OTHER,
    "account": "3305239876543",
    "address": "枕流巷八十八号",
    "nominee": "皇甫联络",
    "password": "灯塔暗号九十九",
    "key holder": "钟离掌钥",
    "outage note": "氧气瓶在床下三只",
    "steward phone": "19987650003",
    "minor": "端木小鱼",
    "guardian": "端木大江",
    "guardian phone": "19987650004",
    "minor born": "2012-03-04",
    "merged phone": "19987650005",
    "listed": "澹台名单",
    "booker": "令狐订厅",
    "booker phone": "19987650004",
    "booking": "端木家的满月酒",
    "objector": "公孙异议",
    "objection": "那天他在家打麻将",
    "talk": SAID,
    "letter": "食堂的馒头是隔夜的",
    "letter writer": "轩辕寄信",
    "letter phone": "19987650006",
    "key contact": "闻人值班",
    "key contact phone": "19987650007",
    "told": "濮阳收信",
    "told phone": "19987650008",
    "channel secret": "outreach-secret-0001",
}


def staff(town, by):
    """Have a minor with a guardian, one who was there twice, and a list that waits."""
    minor = people.Asked(
        name=SECRETS["minor"],
        unit_code="S1",
        born_on=date.fromisoformat(SECRETS["minor born"]),
        document_kind="identity_card",
        document=identity_card("33052320120304123"),
        guardian_name=SECRETS["guardian"],
        guardian_phone=SECRETS["guardian phone"],
        agreed_on=NOON.date(),
    )
    people.take_in(asked=minor, role_codes=["volunteer"], by=by, at=NOON)
    for number in ("P8", "P9"):
        person(town, number, "重复人", phone=SECRETS["merged phone"])
    merging.merge(kept_number="P8", gone_number="P9", take=(), reason="同一电话", by=by, at=NOON)
    lists.keep(
        content=workbook(人员=[{"姓名": SECRETS["listed"], "单位编码": "S1"}]),
        name="表",
        by=by,
        at=NOON,
    )


def fill(town):
    """Have one person and one special customer go through everything that writes."""
    need = town.post(
        f"余村村停电了，我电话{PHONE}，身份证{IDENTITY}",
        area_code="V1",
        phone=PHONE,
        name=SECRETS["name"],
        on_behalf_of=SECRETS["behalf"],
        kind="on_behalf",
        service_code="PWR-OUTAGE",
    )
    by = town.actor("S1")
    handling.accept(number=need.number, by=by, at=NOON)
    handling.split(number=need.number, parts=(), by=by, at=NOON)
    asker = need.participants.get()
    handling.reveal_phone(
        number=need.number, participant_id=asker.pk, reason="回访", by=by, at=NOON
    )
    customer = Customer.objects.create(
        number="K1",
        kind="resident",
        name=SECRETS["customer"],
        phone=OTHER,
        account_number=SECRETS["account"],
        address=SECRETS["address"],
        nominee=SECRETS["nominee"],
        visit_password=SECRETS["password"],
        key_holder=SECRETS["key holder"],
        outage_note=SECRETS["outage note"],
        area=town.areas["V1"],
        unit=town.units["S1"],
        special_kind="elderly_alone",
        special_level=2,
        visit_interval_days=30,
        consented_on=NOON.date(),
        last_visited_on=NOON.date() - timedelta(days=40),
        lat=30.51,
        lon=119.61,
    )
    care.open_visits(numbers=["K1"], by=by, at=NOON)
    care_files.reveal(number="K1", reason="上门核对", by=by, at=NOON)
    Person.objects.create(
        number="P1", name="某电管家", phone=SECRETS["steward phone"], unit=town.units["S1"]
    )
    staff(town, by)
    record = hours.taken(town)
    hours.announced(town, record)
    appealing.appeal(
        record=record,
        side="against",
        words=SECRETS["objection"],
        name=SECRETS["objector"],
        contact=PHONE,
        by=None,
        at=NOON,
    )
    confide(town)
    told(town)
    jobs.enqueue("x", {"need": need.number}, by=by, at=NOON)
    booked(town)
    key_customer(town)
    return need, customer


def key_customer(town):
    """A hospital names whom to call; he says that it has no power, a table of it waits."""
    contact, phone = SECRETS["key contact"], SECRETS["key contact phone"]
    one = keyworld.customer(town, "ZY1", contact=contact, phone=phone)
    followed = keyworld.watch(town, one)
    keyworld.report(town, followed, one, "lost", ago_min=10, reporter=contact)
    by = town.actor("S1")
    keeping.reveal(number="ZY1", reason="停电通知", by=by, at=NOON)
    wrong = keyworld.line("", **{sheets.CONTACT: contact, sheets.PHONE: phone * 3})
    for rows in ([keyworld.line("ZY1", **{sheets.PHONE: phone})], [wrong]):
        content = keyworld.book(rows)
        importing.bring(content=content, name="表", only_check=False, by=by, at=NOON)
        jobs.run_next(owner="privacy", clock=lambda: NOON)
    importing.bring(content=content, name="表", only_check=False, by=by, at=NOON)


def confide(town):
    """Somebody talks with his secretary, somebody writes into the mailbox."""
    world = Honoured(town, NOON)
    world.led()
    world.handler()
    written = mailbox.Written(
        desk="S1",
        topic="life",
        words=SECRETS["letter"],
        name=SECRETS["letter writer"],
        contact=SECRETS["letter phone"],
    )
    token = "privacy-token-0001"
    mailbox.write(written=written, key="p" * 20, token=token, admit=lambda: None, at=NOON)


def told(town):
    """Somebody is told of a policy, confirms it and wants no more."""
    outreach = tell(town, {"名称": SECRETS["told"], "手机号": SECRETS["told phone"]})
    channels.set_up(
        code="H1",
        name="推送",
        kind="webhook",
        address="https://hook.example.com/",
        secret=SECRETS["channel secret"],
        per_minute=60,
        batch_size=10,
        by=town.actor("S1"),
        at=NOON,
    )
    link = token_of(outreach.number, 1)
    answering.acknowledge(token=link, at=NOON)
    answering.opt_out(token=link, agrees=False, at=NOON)
    return outreach


def booked(town):
    """Somebody of the public books a room under a key, and a desk looks at his number."""
    hall = rooms.room(town, audience="public")
    asked = Asked(
        code=hall.code,
        starts=f"{rooms.TOMORROW}T09:00",
        ends=f"{rooms.TOMORROW}T10:00",
        persons_count=5,
        purpose=SECRETS["booking"],
        name=SECRETS["booker"],
        phone=SECRETS["booker phone"],
    )
    number = asking.book_publicly(
        asked=asked, key="b" * 20, follow_token="follow-privacy-0001", at=NOON
    )
    desk.reveal(number=number, reason="门锁坏了", by=town.actor("S1"), at=NOON)
    return number


@pytest.mark.django_db(transaction=True)
def test_nothing_personal_lies_in_the_database_in_clear(town):
    """Read the very bytes: tables, indexes, search, jobs, answers, trail, write-ahead log."""
    fill(town)
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert "余村村停电了".encode() in raw
        found = {name for name, secret in SECRETS.items() if secret.encode() in raw}
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [row[0] for row in cursor.fetchall()]
            text = ""
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                text += "\n".join(row[0] for row in cursor.fetchall())
        assert "余村村停电了" in text
        found = {name for name, secret in SECRETS.items() if secret in text}
    assert found == set()


@pytest.mark.django_db
def test_a_number_in_the_words_is_masked_and_kept_where_it_can_be_called(town):
    need = town.post(f"余村村没电，电话{PHONE}", area_code="V1")

    assert "199****0001" in need.text
    assert need.participants.get().phone == PHONE


@pytest.mark.django_db
def test_a_second_number_stays_in_the_words(town):
    need = town.post(f"余村村没电，找我爸{OTHER}", area_code="V1", phone=PHONE)

    assert OTHER in need.text


@pytest.fixture
def finished(town):
    """A need with a photo that was done and rated, and a joiner beside it."""
    photo = picture()
    need = town.post("余村村停电了", area_code="V1", phone=PHONE, name="甲", photos=(photo,))
    by = town.actor("S1")
    handling.accept(number=need.number, by=by, at=NOON)
    handling.resolve(number=need.number, words="已修好", by=by, at=NOON)
    rating.rate_need(token=town.token(), stars=5, words="谢谢小王", at=NOON)
    need.refresh_from_db()
    return need


@pytest.mark.django_db
def test_a_person_gets_what_is_kept_about_him_and_the_trail_says_so(finished):
    kept = privacy.export(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    assert [row["phone"] for row in kept["needs"]] == [PHONE]
    assert kept["needs"][0]["ratings"] == [[5, "谢谢小王"]]
    event = AuditEvent.objects.get(verb="personal.export")
    assert event.reason == "本人来函"
    assert PHONE not in f"{event.target_id}{event.after}"


@pytest.mark.django_db(transaction=True)
def test_what_a_person_wants_erased_is_gone_and_the_figures_stay(finished):
    stored = StoredFile.objects.get()
    path = Path(settings.MEDIA_ROOT) / stored.sha256[:2] / stored.sha256

    done = privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    assert (done.needs, done.photos) == (1, 1)
    need, who = Need.objects.get(pk=finished.pk), Participant.objects.get()
    assert (need.text, who.phone, who.name, who.phone_index) == (privacy.ERASED, "", "", "")
    assert (Rating.objects.get().stars, Rating.objects.get().words) == (5, "")
    assert not path.exists()
    assert privacy.export(phone=PHONE, reason="核对", by=SYSTEM, at=NOON)["needs"] == []
    assert AuditEvent.objects.filter(verb="intake.need.post", target_id=need.number).exists()


@pytest.mark.django_db
def test_nothing_is_erased_while_something_is_still_open(town):
    need = town.post("余村村停电了", area_code="V1", phone=PHONE)

    with pytest.raises(privacy.UnableToEraseError, match=need.number):
        privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    assert Participant.objects.get().phone == PHONE


@pytest.mark.django_db
def test_a_customers_file_is_erased_once_no_visit_is_open(town):
    fill(town)
    with pytest.raises(privacy.UnableToEraseError):
        privacy.erase(customer="K1", reason="本人来函", by=SYSTEM, at=NOON)
    Job.objects.filter(customer__number="K1").update(status="CANCELLED")
    by = town.actor("S1")
    alert = care_contacts.open_alert(
        kind="fault", title="余村线故障", starts_at=NOON, ends_at=None, area_codes=["V1"],
        villages="", by=by, at=NOON,
    )  # fmt: skip
    care_contacts.note_call(
        number=alert.number, customer="K1", verb="reach", note="女儿来了", by=by, at=NOON
    )
    (kept,) = privacy.export(customer="K1", reason="本人来函", by=SYSTEM, at=NOON)["customers"]
    assert [call[1:] for call in kept["calls"]] == [["REACHED", "女儿来了"]]

    privacy.erase(customer="K1", reason="本人来函", by=SYSTEM, at=NOON)

    customer = Customer.objects.get(number="K1")
    assert (customer.name, customer.phone, customer.special_kind) == (privacy.ERASED, "", "")
    assert customer.key_holder + customer.outage_note + customer.nominee == ""
    assert Call.objects.get(contact__customer=customer).note == ""


@pytest.mark.django_db
def test_who_was_told_something_gets_it_and_is_forgotten_but_his_refusal_is_obeyed(town):
    outreach = told(town)
    phone = SECRETS["told phone"]
    kept = privacy.export(phone=phone, reason="本人来函", by=SYSTEM, at=NOON)
    assert [row["name"] for row in kept["outreach"]] == [SECRETS["told"]]
    assert [said[1] for said in kept["outreach_wishes"]] == ["本人在网页上"]

    privacy.erase(phone=phone, reason="本人来函", by=SYSTEM, at=NOON)

    row = Recipient.objects.get(outreach=outreach)
    assert (row.name, row.phone, row.phone_index, row.token_hash) == ("", "", "", None)
    assert row.stage == 5
    with pytest.raises(NotVisibleError):
        answering.acknowledge(token=token_of(outreach.number, 1), at=NOON)
    assert preferences.standing([index_of(phone)]) == {index_of(phone): False}


@pytest.mark.django_db
def test_neither_export_nor_erasure_without_a_reason(finished):
    for ask in (privacy.export, privacy.erase):
        with pytest.raises(InvalidInputError):
            ask(phone=PHONE, reason=" ", by=SYSTEM, at=NOON)


@pytest.mark.django_db
def test_old_needs_lose_their_persons_and_young_ones_keep_them(finished, town):
    young = town.post("余村村停电了", area_code="V1", phone=OTHER, at=NOON + timedelta(days=2))
    before = NOON + timedelta(days=1)

    looked = privacy.expire(before=before, dry_run=True, by=SYSTEM, at=NOON)
    assert (looked.needs, Participant.objects.get(need=finished).phone) == (1, PHONE)
    privacy.expire(before=before, dry_run=False, by=SYSTEM, at=NOON)

    assert Participant.objects.get(need=finished).phone == ""
    assert Participant.objects.get(need=young).phone == OTHER
    assert IdempotencyRecord.objects.count() == 1
    assert privacy.expire(before=before, dry_run=True, by=SYSTEM, at=NOON).needs == 0


def test_what_an_inspection_keeps_of_a_person_is_handed_out_and_erased(town):
    customer = Customer.objects.create(
        number="K2", kind="resident", name="某户", area=town.areas["V1"], unit=town.units["S1"]
    )
    by = town.actor("S1")
    job = Job.objects.create(
        number="GD-1", title="检查", area=town.areas["V1"], unit=town.units["S1"], lat=30.5123,
        lon=119.6123, duration_min=30, opened_at=NOON, customer=customer, status="DONE",
        done_at=NOON,
    )  # fmt: skip
    visit = Visit.objects.create(
        number="SM-1", job=job, team=town.team("XH", "S1"), on=NOON.date(), sequence=1,
        arrive_at=NOON, depart_at=NOON, status="DONE",
    )  # fmt: skip
    (hazard,) = hazards.inspected(None, by, at=NOON, visit=visit)
    with connection.cursor() as cursor:
        cursor.execute("SELECT signer FROM safety_inspection")
        assert "王春花" not in cursor.fetchone()[0]
        cursor.execute("SELECT words FROM safety_hazard")
        assert "烧焦" not in cursor.fetchone()[0]

    (kept,) = privacy.export(customer="K2", reason="本人申请", by=by, at=NOON)["inspections"]
    assert (kept["signer"], kept["hazards"][0][2]) == ("王春花", "灶台边插座烧焦")
    with pytest.raises(privacy.UnableToEraseError, match=hazard.number):
        privacy.erase(customer="K2", reason="本人申请", by=by, at=NOON)
    rectifying.withdraw(hazard=hazard, reason="误报", by=by, at=NOON)
    privacy.erase(customer="K2", reason="本人申请", by=by, at=NOON)

    hazard.refresh_from_db()
    inspection = Inspection.objects.get()
    assert (hazard.words, hazard.customer, hazard.lat) == ("", None, 30.51)
    assert (inspection.signer, inspection.signature, inspection.customer) == ("", None, None)
    assert hazard.notice.received_how == ""
    assert hazard.before.pk


@pytest.mark.django_db
def test_what_a_booking_keeps_of_a_person_is_handed_out_erased_and_goes_with_time(town):
    number, phone = booked(town), SECRETS["booker phone"]
    (kept,) = privacy.export(phone=phone, reason="本人来函", by=SYSTEM, at=NOON)["bookings"]
    assert (kept["number"], kept["name"], kept["purpose"]) == (
        number,
        SECRETS["booker"],
        SECRETS["booking"],
    )
    with pytest.raises(privacy.UnableToEraseError, match=number):
        privacy.erase(phone=phone, reason="本人来函", by=SYSTEM, at=NOON)
    clock.move_due(at=NOON + timedelta(days=2))
    before = NOON + timedelta(days=3)
    assert privacy.expire(before=before, dry_run=True, by=SYSTEM, at=NOON).bookings == 1

    assert privacy.erase(phone=phone, reason="本人来函", by=SYSTEM, at=NOON).bookings == 1

    booking = Booking.objects.get(number=number)
    assert booking.name + booking.phone + booking.phone_index + booking.purpose == ""
    assert booking.status == "NO_SHOW"  # figures stay
    with pytest.raises(NotVisibleError):
        visiting.followed(token="follow-privacy-0001", at=NOON)
    assert privacy.expire(before=before, dry_run=False, by=SYSTEM, at=NOON).bookings == 0


@pytest.mark.django_db
def test_an_objection_to_hours_is_handed_out_and_forgotten_once_it_is_decided(town):
    fill(town)
    (kept,) = privacy.export(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)["hour_appeals"]
    assert SECRETS["objection"] in kept
    appeal = Appeal.objects.get()
    with pytest.raises(privacy.UnableToEraseError, match=appeal.number):
        privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    by = hours.officer(town, name="o2")
    appealing.dismiss(appeal=appeal, decision="签到属实", by=by, at=NOON)
    privacy.expire(before=NOON + timedelta(days=1), dry_run=False, by=SYSTEM, at=NOON)

    appeal.refresh_from_db()
    assert (appeal.name, appeal.contact, appeal.decision) == ("", "", "签到属实")
    assert SECRETS["objection"] not in appeal.words
