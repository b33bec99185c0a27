"""A need comes in: placed, understood, routed, promised, stored once."""

from datetime import date, datetime, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.operations import load_calendar
from dianliang.domain.intake.models import Need, Participant, Suggestion
from dianliang.domain.intake.operations.posting import UnableToJoinError
from dianliang.domain.territory.models import Area
from dianliang.flows import posting, preview, rating
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, KeyReusedError, NotVisibleError
from tests.town import NOON


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.row("002-01")
def test_one_sentence_is_placed_understood_routed_and_promised(town):
    need = town.post("天荒坪镇余村村家里突然没电了")

    assert need.area == town.areas["V1"]
    assert need.place_source == "text"
    assert need.service.code == "PWR-OUTAGE"
    assert need.unit == town.units["S1"]
    assert need.on_site_due_at == NOON + timedelta(minutes=90)
    assert Suggestion.objects.get(need=need).body["unit_why"]


@pytest.mark.parametrize("text", ["余村村没电了，打13812345678", "电线13812345678断了"])
def test_a_suggestion_keeps_no_phone_number(town, text):
    town.post(text, area_code="V1")

    assert "13812345678" not in str(Suggestion.objects.get().body)


@pytest.mark.parametrize(("area", "minutes"), [("V3", 45), ("V1", 90), ("V2", 120)])
def test_the_published_promise_depends_on_how_far_help_is(town, area, minutes):
    need = town.post("家里没电了", area_code=area)

    assert need.on_site_due_at == NOON + timedelta(minutes=minutes)


def test_a_question_without_hurry_is_promised_in_working_days(town):
    need = town.post("想给车位装充电桩", area_code="V1")

    assert need.response_due_at == local(2026, 11, 24, 15, 30)
    assert need.due_at == local(2026, 12, 1, 17, 30)


@pytest.mark.row("000-05")
def test_a_need_from_the_catalogue_keeps_service_and_venue(town):
    need = town.post(
        "想请人来讲一课", service_code="VOL-CLASS", venue_type="school", area_code="V1"
    )

    assert (need.service.code, need.venue_type) == ("VOL-CLASS", "school")


def test_water_goes_to_the_water_works(town):
    assert town.post("自来水停了，一滴水都没有", area_code="V1").unit == town.units["WTR"]


def test_a_scanned_code_says_where(town):
    need = town.post("灯坏了", site_code="FW-001", channel="qr")

    assert (need.area, need.place_source, need.site.code) == (town.areas["V1"], "site", "FW-001")


def test_a_pin_finds_its_village(town):
    need = town.post("电线很低", lat=30.512, lon=119.612)

    assert (need.area, need.place_source) == (town.areas["V1"], "pin")


def test_without_a_place_the_county_takes_it(town):
    need = town.post("想问问光伏怎么结算")

    assert (need.area, need.place_source, need.unit) == (town.areas["C"], "none", town.units["AJ"])


def test_a_province_above_the_county_takes_nothing(town):
    county = town.areas["C"]
    county.parent = Area.objects.create(code="33", name="浙江省", level="province", path="/33/")
    county.save()

    need = town.post("想问问光伏怎么结算")

    assert (need.area, need.unit) == (county, town.units["AJ"])


def test_danger_stands_out_and_says_why(town):
    need = town.post("电线断了掉在地上，有小孩", area_code="V1")

    assert need.is_danger
    assert need.urgency == "emergency"


def test_the_same_key_is_one_need(town):
    asked = posting.Asked(text="停电了", area_code="V1")
    kept = [
        posting.post_need(asked=asked, key="k" * 20, follow_token="t" * 20, at=NOON)
        for _ in range(3)
    ]

    assert len({answer["number"] for answer in kept}) == 1
    assert Need.objects.count() == 1
    assert AuditEvent.objects.filter(verb="intake.need.post").count() == 1


def test_the_same_key_with_other_words_is_refused(town):
    for text, refusal in (("停电了", None), ("停水了", KeyReusedError)):
        asked = posting.Asked(text=text, area_code="V1")
        if refusal is None:
            posting.post_need(asked=asked, key="k" * 20, follow_token="t" * 20, at=NOON)
            continue
        with pytest.raises(refusal):
            posting.post_need(asked=asked, key="k" * 20, follow_token="t" * 20, at=NOON)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "停电\0了"}, "text"),
        ({"text": "停电\ud800了"}, "text"),
        ({"text": "停" * 4001}, "text"),
        ({"text": "停电了", "phone": "打我爸手机"}, "phone"),
        ({"text": "停电了", "area_code": "XX"}, "area_code"),
        ({"text": "停电了", "site_code": "XX"}, "site_code"),
        ({"text": "停电了", "service_code": "XX"}, "service_code"),
        ({"text": "停电了", "lat": 31.9, "lon": 118.8}, "lat"),
        ({"text": "停电了", "lat": float("nan"), "lon": 119.6}, "lat"),
        ({"text": "停电了", "lat": 1e308 * 10, "lon": 119.6}, "lat"),
        ({"text": "停电了", "lat": 30.5}, "lat"),
        ({"text": "停电了", "photos": (b"x",) * 7}, "photos"),
        ({"text": "停电了", "photos": (b"<svg/>",)}, "photos"),
        ({"text": "停电了", "kind": "robot"}, "kind"),
        ({"text": "停电了", "kind": "enterprise", "account_number": "3401-x"}, "account_number"),
        ({"text": "停电了", "kind": "enterprise", "firm": "茶\0厂"}, "firm"),
    ],
)
def test_what_cannot_be_kept_is_named_and_nothing_is_stored(town, asked, field):
    with pytest.raises(InvalidInputError) as refusal:
        town.post(**{"area_code": "", **asked})

    assert refusal.value.field == field
    assert not Need.objects.exists()
    assert not AuditEvent.objects.filter(target_type="intake.need").exists()


def test_a_neighbour_is_offered_the_same_thing_and_joins_it(town):
    first = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1")
    again = posting.Asked(text="文化礼堂旁边电线杆被撞歪", area_code="V1")

    (offered,) = posting.duplicates_of(asked=again, at=NOON + timedelta(hours=1))
    posting.join_need(
        number=offered.number,
        text=again.text,
        reporter=posting.Reporter(phone="13900000000"),
        key="j" * 20,
        follow_token="neighbour-token-123",
        at=NOON,
    )

    assert offered.number == first.number
    assert first.participants.count() == 2
    assert Need.objects.count() == 1


def test_nobody_joins_what_has_ended(town):
    need = town.post(area_code="V1")
    posting.cancel_need(token=town.token(), reason="来电了", at=NOON)

    with pytest.raises(UnableToJoinError):
        posting.join_need(
            number=need.number,
            text="",
            reporter=posting.Reporter(),
            key="j" * 20,
            follow_token="t" * 20,
            at=NOON,
        )


def test_a_strange_link_opens_nothing(town):
    town.post(area_code="V1")

    with pytest.raises(NotVisibleError):
        rating.rate_need(token="guessed", stars=5, words="", at=NOON)


def test_only_a_hash_of_the_link_is_stored(town):
    town.post(area_code="V1")

    assert not Participant.objects.filter(token_hash__contains="follow").exists()


def test_a_firm_says_which_it_is_and_its_account(town):
    town.post(
        "车间缺相",
        area_code="V1",
        kind="enterprise",
        firm="白茶厂",
        name="周",
        account_number="3301234567",
    )

    asker = Participant.objects.get()
    assert (asker.kind, asker.firm, asker.account_number) == ("enterprise", "白茶厂", "3301234567")


def test_a_danger_is_taken_in_whatever_else_is_wrong(town):
    asked = posting.Asked(
        text="电线断了掉在地上", area_code="XX", phone="打我爸手机", lat=1e999, photos=(b"x",)
    )

    dropped = posting.post_in_danger(asked=asked, key="k" * 20, follow_token="t" * 20, at=NOON)

    need = Need.objects.get()
    assert need.is_danger
    assert (need.area.code, need.lat, need.photos.count()) == ("C", None, 0)
    assert len(dropped) == 4


def test_a_danger_without_words_is_still_refused(town):
    with pytest.raises(InvalidInputError):
        posting.post_in_danger(
            asked=posting.Asked(text="\0"), key="k" * 20, follow_token="t" * 20, at=NOON
        )


def test_what_is_about_the_weak_is_never_public_and_cannot_be_joined(town):
    assert Service.objects.get(code="CARE-ELDER").is_private
    need = town.post("独居老人灯泡坏了没人换", service_code="CARE-ELDER", area_code="V1")
    again = posting.Asked(text="独居老人灯泡坏了没人换", area_code="V1")

    assert not need.is_public
    assert preview.offered_duplicates(asked=again, at=NOON) == ()
    with pytest.raises(InvalidInputError):
        posting.join_need(
            number=need.number,
            text="",
            reporter=posting.Reporter(),
            key="j" * 20,
            follow_token="t" * 20,
            at=NOON,
        )


def test_a_neighbour_is_not_told_names_and_numbers(town):
    town.post("张大爷家旁边电线杆歪了，电话13812345678", area_code="V1")
    again = posting.Asked(text="电线杆歪了", area_code="V1")

    (offered,) = preview.offered_duplicates(asked=again, at=NOON)

    assert "13812345678" not in offered.text
    assert "张大爷" not in offered.text
    assert "电线杆歪了" in offered.text


def test_a_form_is_told_that_its_words_name_another_village(town):
    seen = preview.preview(asked=posting.Asked(text="大溪村路灯坏了", area_code="V1"), at=NOON)

    assert (seen.area_code, seen.said_code) == ("V1", "V2")


def test_a_need_of_the_last_minutes_of_a_year_is_kept_and_promised_past_new_years_day(town):
    load_calendar(years=[2026, 2027])
    late = datetime(2026, 12, 31, 23, 57, tzinfo=SHANGHAI)

    need = town.post("电费账单看不懂", area_code="V1", at=late)

    assert need.number == "XQ261231-0001"
    assert need.response_due_at.astimezone(SHANGHAI).date() == date(2027, 1, 4)
    assert town.post("路灯不亮", at=late + timedelta(minutes=3)).number == "XQ270101-0001"


def test_the_phone_that_is_sealed_stands_nowhere_in_the_words_not_even_within_a_danger(town):
    need = town.post("电线13812345678断了", phone="13812345678", area_code="V1")

    assert (need.text, need.is_danger) == ("电线138****5678断了", True)
