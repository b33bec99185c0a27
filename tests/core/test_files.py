"""Photos: re-encoded, stripped, bounded; anything else is refused in words."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from random import Random

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


def mutated(kind: str, seed: int) -> bytes:
    """A photo with some bytes changed and perhaps its end missing, the same for a seed."""
    rng = Random(seed)
    out = BytesIO()
    Image.radial_gradient("L").resize((60, 40)).convert("RGB").save(out, kind)
    data = bytearray(out.getvalue())
    if rng.random() < 0.3:
        del data[rng.randrange(len(data)) :]
    for _ in range(rng.randrange(1, 12) if data else 0):
        data[rng.randrange(min(len(data), rng.choice([60, 400, len(data)])))] = rng.randrange(256)
    return bytes(data)


@pytest.mark.filterwarnings("ignore")  # decoders warn of much before they give up
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_a_poisoned_photo_is_kept_clean_or_refused_in_words(kind):
    kept = refused = 0
    for seed in range(150):
        try:
            kept += files.reencoded(mutated(kind, seed)).content.startswith(b"\xff\xd8")
        except InvalidInputError:
            refused += 1

    assert kept + refused == 150
    assert refused


def test_a_photo_that_did_not_arrive_whole_says_so(noon):
    whole = photo(size=(800, 600))

    with pytest.raises(InvalidInputError) as refusal:
        files.keep_image(whole[: len(whole) // 2], at=noon)

    assert "不完整" in refusal.value.message


@pytest.mark.parametrize("side", [8000, 30000])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(noon, side):
    bomb = bytearray(photo(kind="PNG"))
    bomb[16:24] = struct.pack(">II", side, side)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))

    with pytest.raises(InvalidInputError) as refusal:
        files.keep_image(bytes(bomb), at=noon)

    assert "像素过大" in refusal.value.message


def test_a_file_that_the_program_made_is_moved_and_two_of_the_same_share_it(
    noon, django_capture_on_commit_callbacks
):
    kept = []
    for _ in range(2):
        with files.workshop() as folder:
            made = Path(folder) / "made.pdf"
            made.write_bytes(b"%PDF-1.7")
            kept.append(files.keep_made(made, media_type="application/pdf", at=noon))
        assert not Path(folder).exists()
    one, other = kept
    assert files.read(one) == files.read(other) == b"%PDF-1.7"
    assert (one.sha256, one.size_bytes) == (other.sha256, 8)

    with django_capture_on_commit_callbacks(execute=True):
        assert files.drop([one]) == 1
    assert files.read(other) == b"%PDF-1.7"
    with django_capture_on_commit_callbacks(execute=True):
        files.drop([other])
    assert not files.path_of(other.sha256).exists()
