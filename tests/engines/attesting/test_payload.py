"""The text in the code: says what the paper says, in one way only, and fits a QR code."""

import base64
from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dianliang.engines.attesting import (
    END,
    MARK,
    MOST_CHARACTERS,
    AttestingError,
    State,
    decode,
    encode,
    find,
    verify,
)
from tests.engines.attesting.statements import KEY, OTHER, published, statement
from tests.scanning import scanned

TEXT = encode(statement(), key=KEY)
LONGEST = 62
words = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\n\r"), max_size=12
)
days = st.dates()


@given(words, words, days, st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_what_is_read_is_what_was_written(name, content, day, verified, declared):
    wrote = statement(
        name=name, content=content, until_on=day, verified_min=verified, declared_min=declared
    )

    text = encode(wrote, key=KEY)

    assert decode(text) == wrote
    assert verify(text, keys=[published()]).statement == wrote


def flipped(raw):
    """Every byte with each of its eight bits turned."""
    for position, byte in enumerate(raw):
        for bit in range(8):
            yield raw[:position] + bytes([byte ^ 1 << bit]) + raw[position + 1 :]


def test_no_changed_byte_of_the_text_ever_verifies():
    keys = [published(), published(OTHER)]

    for changed in flipped(TEXT.encode("ascii")):
        assert not verify(changed.decode("latin-1"), keys=keys).is_valid, changed


def test_no_changed_byte_of_what_is_signed_ever_verifies():
    inner = TEXT[len(MARK) : -len(END)]
    raw = base64.b32decode(inner + "=" * (-len(inner) % 8))
    keys = [published(), published(OTHER)]

    for changed in flipped(raw):
        text = base64.b32encode(changed).decode("ascii").rstrip("=")
        verdict = verify(MARK + text + END, keys=keys)
        assert verdict.state in {State.UNKNOWN_KEY, State.FORGED}
        assert verdict.statement is None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_piece_of_it_left_out_or_doubled_verifies(data):
    last = len(TEXT) - len(END)
    at = data.draw(st.integers(len(MARK), last - 1))
    length = data.draw(st.integers(1, min(40, last - at)))
    cut = TEXT[:at] + TEXT[at + length :]
    doubled = TEXT[:at] + TEXT[at : at + length] + TEXT[at:]

    for changed in (cut, doubled):
        assert not verify(changed, keys=[published()]).is_valid


def test_the_unused_bits_of_the_last_character_are_no_second_spelling():
    inner = TEXT[len(MARK) : -len(END)]
    spellings = [inner[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]

    valid = [s for s in spellings if verify(MARK + s + END, keys=[published()]).is_valid]

    assert valid == [inner]


def test_it_is_found_within_an_address_and_across_the_lines_of_a_document():
    lines = "\n".join(TEXT[i : i + 40] for i in range(0, len(TEXT), 40))

    assert find(f"https://example.org/certificates/#{TEXT}") == TEXT
    assert find(f"核验码 {lines} 第 1 页") == TEXT
    assert find("没有核验码") is None


def test_the_longest_text_is_read_back_from_a_code_of_version_15():
    """Printed, and scanned by another program."""
    longest, size = TEXT, 0
    while True:
        size += 1
        try:
            longest = encode(statement(content="讲" * size), key=KEY)
        except AttestingError:
            break
    address = "https://dianliang.example/certificates/#"
    code = segno.make([(address, None), (longest, None)], error="m", micro=False)
    out = BytesIO()
    code.save(out, kind="png", scale=3, border=4)

    text = scanned(Image.open(out))

    assert size > 40
    assert code.version <= 15
    assert find(text) == longest


def test_what_does_not_fit_is_refused_with_how_much_to_leave_out():
    with pytest.raises(AttestingError, match="约 10 个字") as refused:
        encode(statement(content="讲" * LONGEST), key=KEY)

    assert refused.value.field == "content"
    assert len(encode(statement(content="讲" * (LONGEST - 10)), key=KEY)) <= MOST_CHARACTERS


@pytest.mark.parametrize("content", ["第一行\n第二行", "半个字\ud800"])
def test_what_cannot_be_printed_on_one_line_is_refused(content):
    with pytest.raises(AttestingError):
        encode(statement(content=content), key=KEY)


@given(st.text(max_size=80))
def test_strange_texts_are_unreadable_and_never_an_error(text):
    assert verify(MARK + text + END, keys=[published()]).state in {
        State.UNREADABLE,
        State.UNKNOWN_KEY,
        State.FORGED,
    }
