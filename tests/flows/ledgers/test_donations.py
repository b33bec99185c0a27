"""Donations at the desk and in public: figures that agree with the books, names as wished."""

from dataclasses import replace
from datetime import date

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.ledger import queries
from dianliang.flows.ledgers import donation_rows, donations, pairings
from dianliang.flows.ledgers.donations import Sent
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests import ledgers
from tests.ledgers import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(town):
    return town.actor("AJ", Role.PARTY_AFFAIRS)


@pytest.fixture
def other(town):
    return replace(town.actor("AJ", Role.PARTY_AFFAIRS), id="user:other")


def drive(party, *, title="金蜜蜂帮扶", for_pairings=False):
    made = donations.plan(
        title=title,
        purpose="资助困难家庭",
        unit_code="S1",
        opens_on=date(2026, 9, 1),
        closes_on=None,
        is_for_pairings=for_pairings,
        by=party,
        at=NOON,
    )
    donations.move(number=made.number, verb="open", by=party, at=NOON)
    return made


def sent(amount, *, book="money", article="", **more):
    told = {"kind": "person", "name": "王大力", "phone": "138 0000 1111", "shown_name": "王师傅"}
    return Sent(book=book, article=article, amount=amount, on=TODAY, words="", **{**told, **more})


def receive(made, party, what, key):
    return donations.receive(number=made.number, sent=what, key=key, by=party, at=NOON)


def grant(made, party, other, what, *, until="hand_out"):
    asked = donations.ask(number=made.number, sent=what, by=party, at=NOON)
    for verb, by in (("approve", other), ("hand_out", party)):
        donations.act(
            number=asked.number, verb=verb, because="", on=TODAY, photo=None, by=by, at=NOON
        )
        if verb == until:
            break
    return asked


def to_family(amount, **more):
    return Sent(
        book="money",
        article="",
        amount=amount,
        on=TODAY,
        words="学费",
        name="李家三口",
        shown_name="余村困难家庭",
        people=3,
        **more,
    )


@pytest.mark.row("002-04")
@pytest.mark.row("002-19")
@pytest.mark.row("004-25")
def test_what_the_seeds_tell_of_is_received_spent_and_published_from_records(town, party, other):
    made = drive(party)
    receive(made, party, sent("36000", shown_name="职工募捐", people=180), "a")
    receive(made, party, sent("350000.00", kind="unit", name="公司", shown_name="公司职工"), "b")
    receive(made, party, sent("20000", book="goods", article="face_shield"), "c")
    receive(made, party, sent("7300", book="blood", people=21), "d")
    grant(made, party, other, to_family("1234.56"))
    grant(made, party, other, to_family("100"), until="approve")

    page = donation_rows.public_drive(number=made.number)

    assert [(f.name, f.received, f.handed_out, f.set_aside, f.left) for f in page.row.figures] == [
        ("爱心资金", "386,000.00 元", "1,234.56 元", "100.00 元", "384,665.44 元"),
        ("防护面罩", "20,000 个", "0 个", "0 个", "20,000 个"),
        ("无偿献血", "7,300 毫升", "0 毫升", "0 毫升", "7,300 毫升"),
    ]
    assert [(g.shown_name, g.people, g.what) for g in page.grants] == [
        ("余村困难家庭", 3, "1,234.56 元")
    ]
    assert page.row.figures[2].givers == 21


def test_what_was_received_is_what_was_handed_out_set_aside_and_left(town, party, other):
    made = drive(party)
    receive(made, party, sent("100"), "a")
    wrong = receive(made, party, sent("70"), "b")
    grant(made, party, other, to_family("30"))
    grant(made, party, other, to_family("20"), until="approve")
    donations.undo(number=wrong.number, because="重复登记", by=party, at=NOON)

    (figures,) = donation_rows.public_drive(number=made.number).row.figures

    assert (figures.received, figures.left) == ("100.00 元", "50.00 元")
    held = queries.balance(book="money", holder_kind="fund", holder_code=made.number)
    assert held == 10_000 - 3_000 - 2_000


def test_a_form_sent_twice_is_one_gift(town, party):
    made = drive(party)

    assert receive(made, party, sent("5"), "k") == receive(made, party, sent("5"), "k")
    assert len(donation_rows.public_drive(number=made.number).gifts) == 1


@pytest.mark.parametrize(
    ("book", "article", "amount", "words"),
    [
        ("money", "", "1.234", "到分"),
        ("goods", "mask", "1.5", "整数"),
        ("goods", "gold", "1", "没有这种物品"),
        ("member_points", "", "1", "请选择"),
        ("money", "", "一百", "应填数字"),
        ("money", "", "NaN", "不是数字"),
        ("money", "", "1e9999999", "过大"),
        ("money", "", "-5", "大于零"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(town, party, book, article, amount, words):
    made = drive(party)
    with pytest.raises(InvalidInputError, match=words):
        receive(made, party, sent(amount, book=book, article=article), "x")


def test_the_public_page_shows_no_real_name_and_looking_one_up_is_on_record(client, town, party):
    made = drive(party)
    gift = receive(made, party, sent("5"), "k")

    page = client.get(f"/donations/{made.number}/").content.decode()

    assert "王师傅" in page
    assert "王大力" not in page
    assert "138" not in page
    _, name = donations.reveal(number=gift.number, reason="寄感谢信", by=party, at=NOON)
    assert name == "王大力 138 0000 1111"
    assert AuditEvent.objects.get(verb="ledger.gift.reveal").reason == "寄感谢信"


def test_a_drive_in_preparation_is_nobodys_to_read(client, town, party):
    made = donations.plan(
        title="筹备中",
        purpose="还没有开始",
        unit_code="S1",
        opens_on=TODAY,
        closes_on=None,
        is_for_pairings=False,
        by=party,
        at=NOON,
    )

    assert client.get(f"/donations/{made.number}/").status_code == 404
    assert "筹备中" not in client.get("/donations/").content.decode()


def test_a_neighbouring_unit_finds_no_drive(town, party):
    made = drive(party)
    neighbour = town.actor("S2", Role.PARTY_AFFAIRS)

    with pytest.raises(NotVisibleError):
        donations.drive_page(number=made.number, by=neighbour)
    with pytest.raises(InvalidInputError, match="发起单位"):
        drive(neighbour)


@pytest.mark.row("001-20")
@pytest.mark.row("004-27")
def test_44_children_of_9_homes_have_donors_who_know_an_alias_only(client, town, party, other):
    world = ledgers.Ledger(town.units["S1"], ())
    homes = list(ledgers.homes(town, 9))
    caring = drive(party, title="爱心家长", for_pairings=True)
    for place in range(44):
        child = ledgers.child(world, f"赵星{place}")
        made = pairings.propose(
            proposed=pairings.Proposed(
                child=child.number,
                alias=f"小树苗{place:02d}",
                home=homes[place % 9].code,
                donor_kind="person",
                donor_name=f"陈爱心{place}",
                donor_phone=f"1390000{place:04d}",
                agreed="每学期学习用品一份",
                since=date(2026, 9, 1),
                until=None,
                guardian_agreed_on=date(2026, 8, 20),
            ),
            by=party,
            at=NOON,
        )
        pairings.act(number=made.number, verb="approve", because="", on=TODAY, by=other, at=NOON)
    token = "t" * 36
    pairings.link(number=made.number, token=token, by=party, at=NOON)
    receive(caring, party, sent("800", pairing=made.number), "k")
    grant(caring, party, other, to_family("600", pairing=made.number))

    page = pairings.page(by=party)
    seen = client.get(f"/pairings/{token}/").content.decode()
    public = client.get(f"/donations/{caring.number}/").content.decode()

    assert (page.homes, page.children, page.donors) == (9, 44, 44)
    assert "小树苗43" in seen
    assert "800.00 元" in seen
    assert "600.00 元" in seen
    for secret in ("赵星43", "余村", "陈爱心43", child.number, homes[43 % 9].name):
        assert secret not in seen, secret
    for secret in ("赵星", "小树苗", child.number):
        assert secret not in public, secret
    (figures,) = donation_rows.public_drive(number=caring.number).row.figures
    assert (figures.received, figures.left) == ("800.00 元", "200.00 元")


def test_the_desk_chooses_a_child_by_number_and_village(town, party):
    child = ledgers.child(ledgers.Ledger(town.units["S1"], ()), "赵星星")

    ((number, label),) = pairings.page(by=party).children_to_choose

    assert number == child.number
    assert "赵星星" not in label


def test_who_a_donor_is_is_told_for_a_reason_on_record(town, party):
    made = ledgers.pair(
        ledgers.Ledger(town.units["S1"], ()), ledgers.child(ledgers.Ledger(town.units["S1"], ()))
    )
    with pytest.raises(InvalidInputError, match="事由"):
        pairings.reveal(number=made.number, reason="", by=party, at=NOON)

    name = pairings.reveal(number=made.number, reason="安排见面", by=party, at=NOON)

    assert name == "陈爱心 13900002222"
    assert AuditEvent.objects.filter(verb="ledger.pairing.reveal").count() == 1
