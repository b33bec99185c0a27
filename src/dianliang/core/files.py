"""Keep uploads: checked, re-encoded without metadata, content-addressed on disk."""

import hashlib
import os
import secrets
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from dianliang.core.models import StoredFile
from dianliang.kernel.errors import InvalidInputError

MAX_IMAGE_BYTES = 12 * 1024 * 1024
MAX_IMAGE_PIXELS = 50_000_000
"""A 50-megapixel phone photo passes; a decompression bomb does not."""
KEPT_SIDE_PX = 2000
JPEG_QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF")

register_heif_opener()


def keep_image(raw: bytes, *, at: datetime, field: str = "photos") -> StoredFile:
    """Re-encode a photo as JPEG without metadata and keep it.

    The file is on disk before the row is written; a row never points to nothing.

    Raises:
        InvalidInputError: not a picture, damaged, or too large.
    """
    picture = _opened(raw, field=field)
    picture.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX))
    out = BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    content = out.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    _write(path_of(sha256), content)
    return StoredFile.objects.create(
        token=secrets.token_urlsafe(18),
        sha256=sha256,
        media_type="image/jpeg",
        size_bytes=len(content),
        width_px=picture.width,
        height_px=picture.height,
        created_at=at,
    )


def _opened(raw: bytes, *, field: str) -> Image.Image:
    if len(raw) > MAX_IMAGE_BYTES:
        raise InvalidInputError("照片超过 12 MB，请压缩后再传。", field=field)
    try:
        source = Image.open(BytesIO(raw), formats=FORMATS)
        if source.width * source.height > MAX_IMAGE_PIXELS:
            raise InvalidInputError("照片像素过大，请换一张。", field=field)
        return ImageOps.exif_transpose(source).convert("RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        message = "无法识别这张照片，请上传 JPG、PNG、WEBP 或 HEIC。"
        raise InvalidInputError(message, field=field) from error


def path_of(sha256: str) -> Path:
    """Return where content with this fingerprint lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def read(stored: StoredFile) -> bytes:
    """Return the content of a kept file."""
    return path_of(stored.sha256).read_bytes()


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_token(token: str) -> bytes:
    """Return the content of the file with a public token.

    Raises:
        StoredFile.DoesNotExist: there is none.
    """
    return read(StoredFile.objects.get(token=token))
