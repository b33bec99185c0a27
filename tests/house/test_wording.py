"""English is complete: every message that a page may show has a wording."""

import re

from tools import messages


def test_the_english_catalogue_is_complete():
    assert messages.missing() == []


def test_no_refusal_is_put_together_of_pieces_that_no_catalogue_holds():
    """`Phrase("… %(name)s …", name=…)` says the same in the reader's language."""
    assert list(messages.composed_refusals()) == []


def test_a_room_whose_refusals_are_in_english_leaves_the_list_of_those_that_are_not():
    assert messages.done_rooms() == []


def test_english_asks_for_no_value_that_the_chinese_sentence_does_not_have():
    """Else the page that should say it breaks."""
    named = re.compile(r"%\((\w+)\)")
    pairs = [(m.id, m.string) for d in messages.DOMAINS for m in messages.catalogue(d) if m.id]
    wrong = [(a, b) for a, b in pairs if set(named.findall(b)) - set(named.findall(a))]

    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text(client, db):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "You point it out, we light it up" in page
