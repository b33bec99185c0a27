"""English is complete: every message that a page may show has a wording."""

from tools import messages


def test_the_english_catalogue_is_complete():
    assert messages.missing() == []


def test_no_refusal_is_put_together_of_pieces_that_no_catalogue_holds():
    """`Phrase("… %(name)s …", name=…)` says the same in the reader's language."""
    assert list(messages.composed_refusals()) == []


def test_a_room_whose_refusals_are_in_english_leaves_the_list_of_those_that_are_not():
    assert messages.done_rooms() == []


def test_the_compiled_catalogue_is_that_of_the_text(client, db):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "You point it out, we light it up" in page
