"""Keep papers that belong to a record: a scan as PDF, or a photo of it.

A PDF is not re-encoded, so it is only ever handed out as a download, under a type that no browser
runs; what can act by itself is refused where it stands in the open.
"""

import hashlib
import re
import secrets
from datetime import datetime

from dianliang.core import disk, files
from dianliang.core.models import StoredFile
from dianliang.kernel.errors import InvalidInputError

MOST_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"
_HEAD, _END = b"%PDF-", b"%%EOF"
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|EmbeddedFiles?)\b")
_BEGINS, _ENDS = re.compile(rb"\bstream\r?\n"), b"endstream"
"""Around the pixels of a scan: among millions of bytes three that read ``/JS`` come by chance."""
_ENDS_WITHIN = 2048
"""Some scanners write a little after the mark that ends a file."""


def keep_paper(raw: bytes, *, at: datetime, field: str) -> StoredFile:
    """Keep a PDF as it is, or a photo re-encoded; the file is on disk before its row is written.

    Raises:
        InvalidInputError: neither, damaged, too large, or a PDF that can act by itself.
    """
    if not raw.lstrip().startswith(_HEAD):
        return files.keep_image(raw, at=at, field=field)
    _require_harmless(raw, field=field)
    sha256 = hashlib.sha256(raw).hexdigest()
    path = files.path_of(sha256)
    if not path.exists():
        disk.write(path, raw)
    return StoredFile.objects.create(
        token=secrets.token_urlsafe(18),
        sha256=sha256,
        media_type=PDF,
        size_bytes=len(raw),
        created_at=at,
    )


def _require_harmless(raw: bytes, *, field: str) -> None:
    if len(raw) > MOST_BYTES:
        raise InvalidInputError("文件超过 20 MB，请压缩或分开上传。", field=field)
    if _END not in raw[-_ENDS_WITHIN:]:
        raise InvalidInputError("这个 PDF 不完整，可能没有传完，请重新选择。", field=field)
    if _ACTIVE.search(_in_the_open(raw)):
        message = "这个 PDF 带有脚本或内嵌文件，请用打印机或“另存为 PDF”重新生成一份。"
        raise InvalidInputError(message, field=field)


def _in_the_open(raw: bytes) -> bytes:
    """Return a PDF without its streams; one that never ends stays."""
    *closed, rest = raw.split(_ENDS)
    return b"\n".join([*(_BEGINS.split(part, maxsplit=1)[0] for part in closed), rest])
