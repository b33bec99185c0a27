"""English is complete: every message that a page may show has a wording."""

import re

from tools.wording import catalogues, refusals

from dianliang.kernel.plurals import FORMS, counted


def test_the_english_catalogue_is_complete():
    assert catalogues.missing() == []


def test_no_refusal_is_put_together_of_pieces_that_no_catalogue_holds():
    """`Phrase("… %(name)s …", name=…)` says the same in the reader's language."""
    assert list(refusals.composed_refusals()) == []


def test_a_room_whose_refusals_are_in_english_leaves_the_list_of_those_that_are_not():
    assert catalogues.done_rooms() == []


def test_english_asks_for_no_value_that_the_chinese_sentence_does_not_have():
    """Else the page that should say it breaks."""
    named = re.compile(r"%\((\w+)\)")
    entries = [m for d in catalogues.DOMAINS for m in catalogues.catalogue(d) if m.id]
    pairs = [(m.id, m.string) for m in entries if isinstance(m.id, str)]
    wrong = [
        (a, b)
        for a, b in pairs
        if ({*named.findall(b)} | counted(b)) - {*named.findall(a)} or "|" in FORMS.sub("", b)
    ]

    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_text(client, db):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "You point it out, we light it up" in page
