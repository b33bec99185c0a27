"""Keep uploads: checked, re-encoded without metadata, content-addressed on disk."""

import hashlib
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore

from django.conf import settings
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from dianliang.core import disk
from dianliang.core.models import StoredFile
from dianliang.kernel.errors import InvalidInputError

MAX_IMAGE_BYTES = 12 * 1024 * 1024
MAX_IMAGE_PIXELS = 50_000_000
"""A 50-megapixel phone photo passes; a decompression bomb does not."""
KEPT_SIDE_PX = 2000
JPEG_QUALITY = 82
SMALL_SIDE_PX, SMALL_QUALITY = 640, 60
"""About 50 KB: a day's villages with their hazards stay far below 20 MB."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF")
PALETTES = frozenset({"1", "P"})
"""Modes in which neighbouring pixels cannot be mixed."""
TOO_MANY_PIXELS = "照片像素过大，请换一张。"
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
)
"""What decoders raise on files that are damaged or made to hurt."""

register_heif_opener()
_decoding = BoundedSemaphore(2)
"""The largest photo takes 200 MB while it is decoded: eight at once could end a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo as it is kept: JPEG without metadata."""

    content: bytes
    width_px: int
    height_px: int


def keep_image(raw: bytes, *, at: datetime, field: str = "photos") -> StoredFile:
    """Re-encode a photo as JPEG without metadata and keep it.

    The file is on disk before the row is written; a row never points to nothing.

    Raises:
        InvalidInputError: not a picture, damaged, or too large.
    """
    picture = reencoded(raw, field=field)
    sha256 = hashlib.sha256(picture.content).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        disk.write(path, picture.content)
    return StoredFile.objects.create(
        token=secrets.token_urlsafe(18),
        sha256=sha256,
        media_type="image/jpeg",
        size_bytes=len(picture.content),
        width_px=picture.width_px,
        height_px=picture.height_px,
        created_at=at,
    )


def reencoded(raw: bytes, *, field: str = "photos") -> Picture:
    """Return a photo upright, bounded, and without anything but its pixels.

    Raises:
        InvalidInputError: not a picture, damaged, or too large.
    """
    with _decoding:
        picture = _opened(raw, field=field)
    out = BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return Picture(content=out.getvalue(), width_px=picture.width, height_px=picture.height)


def _opened(raw: bytes, *, field: str) -> Image.Image:
    if len(raw) > MAX_IMAGE_BYTES:
        raise InvalidInputError("照片超过 12 MB，请压缩后再传。", field=field)
    try:
        source: Image.Image = Image.open(BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInputError(TOO_MANY_PIXELS, field=field) from error
    except BROKEN as error:
        message = "无法识别这张照片，请上传 JPG、PNG、WEBP 或 HEIC。"
        raise InvalidInputError(message, field=field) from error
    if source.width * source.height > MAX_IMAGE_PIXELS:
        raise InvalidInputError(TOO_MANY_PIXELS, field=field)
    try:
        if source.mode in PALETTES:
            source = source.convert("RGB")
        # Made small first: a JPEG is then decoded small, and the rest costs a tenth.
        source.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX))
        return ImageOps.exif_transpose(source).convert("RGB")
    except BROKEN as error:
        message = "照片不完整或已损坏，可能没有传完，请重新拍一张或重新选择。"
        raise InvalidInputError(message, field=field) from error


def keep_made(source: Path, *, media_type: str, at: datetime) -> StoredFile:
    """Keep a file that the program itself made; it is moved from where it lies.

    `source` lies on the same disk as the kept files: make it in `workshop()`.
    """
    with source.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size, target = source.stat().st_size, path_of(sha256)
    if not target.exists():
        disk.move(source, target)
    return StoredFile.objects.create(
        token=secrets.token_urlsafe(18),
        sha256=sha256,
        media_type=media_type,
        size_bytes=size,
        created_at=at,
    )


def workshop() -> TemporaryDirectory[str]:
    """Return a folder for files that are being made; what is left in it goes with it."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix="making-", dir=root)


def drop(stored: Iterable[StoredFile]) -> int:
    """Delete kept files; content that another one shares stays on disk until that goes too."""
    count = 0
    for file in stored:
        count += 1
        file.delete()
        if not StoredFile.objects.filter(sha256=file.sha256).exists():
            path = path_of(file.sha256)
            transaction.on_commit(partial(path.unlink, missing_ok=True))
    return count


def path_of(sha256: str) -> Path:
    """Return where content with this fingerprint lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def read(stored: StoredFile) -> bytes:
    """Return the content of a kept file."""
    return path_of(stored.sha256).read_bytes()


def small(stored: StoredFile) -> bytes:
    """Return a kept photo made small, for a phone to take along."""
    with _decoding:
        picture = Image.open(BytesIO(read(stored)), formats=FORMATS)
        picture.thumbnail((SMALL_SIDE_PX, SMALL_SIDE_PX))
        out = BytesIO()
        picture.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return out.getvalue()


def read_token(token: str) -> bytes:
    """Return the content of the file with a public token.

    Raises:
        StoredFile.DoesNotExist: there is none.
    """
    return read(StoredFile.objects.get(token=token))
