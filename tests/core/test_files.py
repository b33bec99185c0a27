"""Photos: re-encoded, stripped, bounded; anything else is refused in words."""

from io import BytesIO

import pytest
from PIL import Image

from dianliang.core import files
from dianliang.core.models import StoredFile
from dianliang.kernel.errors import InvalidInputError

pytestmark = pytest.mark.django_db


def photo(size=(60, 40), kind="JPEG", **options):
    out = BytesIO()
    Image.new("RGB", size, "orange").save(out, kind, **options)
    return out.getvalue()


def test_position_and_camera_are_stripped(noon):
    exif = Image.Exif()
    exif[0x0110] = "Camera 9"
    exif.get_ifd(0x8825)[1] = "N"

    kept = files.keep_image(photo(exif=exif), at=noon)

    again = Image.open(BytesIO(files.read(kept)))
    assert not again.getexif()
    assert b"Camera 9" not in files.read(kept)


def test_a_sideways_photo_is_turned_upright(noon):
    exif = Image.Exif()
    exif[0x0112] = 6

    kept = files.keep_image(photo(size=(60, 40), exif=exif), at=noon)

    assert (kept.width_px, kept.height_px) == (40, 60)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "HEIF"])
def test_other_kinds_become_jpeg(noon, kind):
    assert files.keep_image(photo(kind=kind), at=noon).media_type == "image/jpeg"


def test_a_huge_photo_is_made_smaller(noon):
    assert files.keep_image(photo(size=(5000, 2500)), at=noon).width_px == files.KEPT_SIDE_PX


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"%PDF-1.4",
        photo()[:100],
        b"\xff\xd8" + b"\0" * 5000,
        b"0" * (files.MAX_IMAGE_BYTES + 1),
    ],
)
def test_what_is_not_a_photo_is_refused_and_nothing_is_kept(noon, raw):
    with pytest.raises(InvalidInputError) as refusal:
        files.keep_image(raw, at=noon)

    assert refusal.value.field == "photos"
    assert not StoredFile.objects.exists()


def test_a_decompression_bomb_is_refused(noon):
    bomb = BytesIO()
    Image.new("1", (30000, 30000)).save(bomb, "PNG")

    with pytest.raises(InvalidInputError):
        files.keep_image(bomb.getvalue(), at=noon)
