"""English is complete: every message that a page may show has a wording."""

from tools import messages


def test_the_english_catalogue_is_complete():
    assert messages.missing() == []


def test_the_compiled_catalogue_is_that_of_the_text(client, db):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "You point it out, we light it up" in page
