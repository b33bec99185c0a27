"""Photos of a form that is not sent yet: kept for a day, found again by their name only."""

from datetime import timedelta

import pytest

from dianliang.core import drafts
from dianliang.kernel.errors import InvalidInputError
from tests.core.test_files import photo


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_draft_is_found_again_within_its_day(noon):
    token = drafts.keep(photo(), at=noon)

    assert drafts.read(token, at=noon + timedelta(hours=23)).startswith(b"\xff\xd8")
    assert drafts.read(token, at=noon + timedelta(hours=25)) is None


def test_old_drafts_are_deleted_and_young_ones_stay(noon):
    old, young = drafts.keep(photo(), at=noon), drafts.keep(photo(), at=noon + timedelta(hours=20))
    later = noon + timedelta(hours=25)

    assert drafts.forget_old(at=later) == 1
    assert drafts.read(young, at=later)
    assert drafts.read(old, at=noon) is None


def test_what_is_not_a_photo_is_no_draft(noon, tmp_path):
    with pytest.raises(InvalidInputError):
        drafts.keep(b"<svg/>", at=noon)

    assert not list(tmp_path.glob("**/*.*"))


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "\0" * 24, "a" * 24, "." * 24, "ü" * 24])
def test_a_made_up_name_finds_nothing(noon, token):
    assert drafts.read(token, at=noon) is None
