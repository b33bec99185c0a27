"""What an operator's own people say of addresses is learnt, checked on unseen ones, and kept."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import (
    ADDRESS_KINDS,
    DEFAULT_LEXICON,
    LEAST_ADDRESSES,
    AreaCard,
    Knowledge,
    NeedText,
    NoSuchPartError,
    Triage,
    address_example,
    address_parts,
    reader_from_bytes,
    reader_to_bytes,
    teach_addresses,
)
from dianliang.engines.triage import _address_reader as reading

HAMLETS = ("上坞", "下坞", "里庚", "石岭", "大溪", "高山", "银坑", "马吉", "山河", "横路")
POLES = ("公变", "配变", "台区")


def examples(count=90):
    """Here people write the hamlet and the transformer, which no rule knows: 上坞公变3号杆."""
    return tuple(
        address_example(
            f"天荒坪镇{HAMLETS[n % 10]}{POLES[n % 3]}{n % 17 + 1}号杆",
            [
                ("town", "天荒坪镇"),
                ("community", HAMLETS[n % 10]),
                ("poi", POLES[n % 3]),
                ("roadno", f"{n % 17 + 1}号杆"),
            ],
        )
        for n in range(count)
    )


@pytest.fixture(scope="module")
def reader():
    return teach_addresses(examples())


def told(parts):
    return [(part.kind, part.text) for part in parts]


def test_what_the_rules_do_not_know_is_learnt(reader):
    text = "天荒坪镇里庚台区99号杆"
    wanted = [("town", "天荒坪镇"), ("community", "里庚"), ("poi", "台区"), ("roadno", "99号杆")]

    assert told(address_parts(text)) != wanted
    assert told(reader.parts(text)) == wanted


def test_a_name_that_was_never_seen_is_read_by_what_stands_around_it(reader):
    assert ("community", "孝丰") in told(reader.parts("天荒坪镇孝丰公变5号杆"))


def test_it_is_told_how_good_it_is_on_unseen_addresses_and_how_good_the_rules_are(reader):
    assert reader.check is not None
    assert reader.check.addresses == 90
    assert reader.check.learnt > 0.95
    assert reader.check.is_better
    assert not replace(reader.check, learnt=reader.check.by_rules).is_better


def test_too_few_examples_are_refused():
    with pytest.raises(ValueError, match=f"at least {LEAST_ADDRESSES}"):
        teach_addresses(examples(LEAST_ADDRESSES - 1))


def test_the_same_examples_teach_the_same(reader):
    assert reader_to_bytes(teach_addresses(examples())) == reader_to_bytes(reader)


def test_what_is_kept_reads_as_before(reader):
    again = reader_from_bytes(reader_to_bytes(reader))

    assert (again.addresses, again.check) == (reader.addresses, reader.check)
    for one in examples(30):
        assert again.parts(one.text) == reader.parts(one.text)


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"\x80\x04\x95pickle", b"{}"])
def test_anything_else_is_no_kept_reader(body):
    with pytest.raises(ValueError, match=r"not a reader|pickled"):
        reader_from_bytes(body)


def test_a_damaged_or_older_reader_is_refused(reader, monkeypatch):
    body = reader_to_bytes(reader)
    with pytest.raises(ValueError, match="not a reader"):
        reader_from_bytes(body[: len(body) // 2])
    monkeypatch.setattr(reading, "FORMAT", reading.FORMAT + 1)
    with pytest.raises(ValueError, match="another version"):
        reader_from_bytes(body)


def test_no_door_of_the_examples_is_kept(reader):
    shown = reader_to_bytes(reader)
    header = "".join([*reader.columns, *reader.names.times])

    assert "17号杆" not in header
    assert shown[:2] != b"\x80\x04"
    assert not any(char.isdigit() and char not in "0123456789" for char in header)


def test_nobody_is_named_in_what_is_kept_and_people_are_found_all_the_same():
    people = ("王小明", "欧阳春", "陈Smith", "赵一鸣", "李大山")
    of_house = [
        address_example(
            f"里庚{n % 7 + 1}号{people[n % 5]}",
            [
                ("community", "里庚"),
                ("houseno", f"{n % 7 + 1}号"),
                ("person", people[n % 5]),
            ],
        )
        for n in range(40)
    ]
    taught = teach_addresses(of_house)

    kept = "\n".join([*taught.columns, *taught.names.times])
    told_of_them = [a + b for who in people for a, b in pairwise(who) if not b.isascii()]
    assert not [words for words in ("Smith", *told_of_them) if words in kept]
    assert told(taught.parts("里庚3号孙小明"))[-1] == ("person", "孙小明")


@given(st.text(max_size=120))
@settings(deadline=None, max_examples=60)
def test_parts_lie_side_by_side_and_cover_the_text(reader, text):
    parts = reader.parts(text)

    assert "".join(part.text for part in parts) == text[: reading.MOST_CHARS]
    assert all(part.kind in ADDRESS_KINDS for part in parts)
    assert [part.start for part in parts] == [0, *(part.end for part in parts)][: len(parts)]


def test_what_a_gazetteer_knows_is_certain(reader):
    text = "天荒坪镇里庚台区9号杆"
    parts = reader.parts(text, known={(4, 8): "road"})

    assert ("road", "里庚台区") in told(parts)
    assert not any(part.start < 8 < part.end for part in parts)


def test_the_engine_reads_by_what_was_learnt_when_it_is_given(reader):
    area = AreaCard(code="T", name="天荒坪镇", level="township")
    made = Triage.prepare(Knowledge(services=(), areas=(area,), lexicon=DEFAULT_LEXICON))
    need = NeedText(text="余村路12号上坞公变3号杆倒了")
    by_rules = made.suggest(need)

    learnt = made.with_addresses(reader).suggest(need)

    assert by_rules == made.suggest(need)
    assert learnt.address_text == by_rules.address_text
    spans = [need.text[part.start : part.end] for part in learnt.address_parts]
    assert spans == [part.text for part in learnt.address_parts]


def test_parts_are_found_in_their_order_and_what_is_between_is_redundant():
    one = address_example("浙江 省安吉县、12号", [("prov", "浙江"), ("district", "安吉县")])

    assert told(one.parts) == [
        ("prov", "浙江"),
        ("redundant", " 省"),
        ("district", "安吉县"),
        ("redundant", "、12号"),
    ]


@pytest.mark.parametrize("parts", [["余村", "高禹"], ["12号", "余村"], ["余村", "余村"], [""]])
def test_a_part_that_is_not_there_or_out_of_order_is_named(parts):
    with pytest.raises(NoSuchPartError) as missing:
        address_example("余村12号", [("road", part) for part in parts])

    assert missing.value.number == len(parts) - 1
