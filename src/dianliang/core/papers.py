"""Keep papers that belong to a record: a scan as PDF, or a photo of it.

A PDF is not re-encoded, so it is only ever handed out as a download, under a type that no browser
runs; what can act by itself is refused, however its name is spelt (ISO 32000-1, 7.3.5) and also
where it stands in an object stream (7.5.7).
"""

import hashlib
import re
import secrets
import zlib
from bisect import bisect
from collections.abc import Iterator
from datetime import datetime

from dianliang.core import disk, files
from dianliang.core.models import StoredFile
from dianliang.kernel.errors import InvalidInputError

MOST_BYTES = 20 * 1024 * 1024
PDF = "application/pdf"
_HEAD, _END = b"%PDF-", b"%%EOF"
_NAME_ENDS = rb"(?=[\s\0()<>\[\]{}/%]|\Z)"


def _named(*names: str) -> bytes:
    """Return an expression for names, each character of which may be written as ``#`` and hex."""
    spelt = (
        b"".join(b"(?:%c|#%s)" % (code, _hex(code)) for code in name.encode()) for name in names
    )
    return rb"/(?:%s)%s" % (b"|".join(spelt), _NAME_ENDS)


def _hex(code: int) -> bytes:
    digits = f"{code:02x}"
    return "".join(f"[{digit}{digit.upper()}]" for digit in digits).encode()


_OPENS = _named("OpenAction") + rb"(?![\s\0]*\[)"
"""A place in the paper, which stands in brackets, is only where it opens; the rest is an action."""
_LONG = re.compile(
    _named("JavaScript", "Launch", "RichMedia", "EmbeddedFile", "EmbeddedFiles") + b"|" + _OPENS
)
_ANY = re.compile(_LONG.pattern + b"|" + _named("JS", "AA"))
"""Among the pixels of a scan, millions of bytes, only the short ones come by chance."""
_PACKED = re.compile(_named("ObjStm"))
_UNLIKE = re.compile(_named("ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode"))
_PAIRS = re.compile(rb"[\s\0]*\d+[\s\0]+\d+[\s\0]")
"""How the text of an object stream begins: the number of an object, and where it stands."""
_BEGINS, _ENDS = re.compile(rb"\bstream(?:\r\n|\n|\r)"), b"endstream"
_MOST_PACKED, _MOST_INFLATED = 20_000, 64 * 1024 * 1024
_CHUNK_BYTES = 4096
_ACTS = "这个 PDF 带有脚本、自动动作或内嵌文件，请用打印机或“另存为 PDF”重新生成一份。"
_UNCLEAR = "这个 PDF 加了密或压缩方式特殊，查不清里面有什么，请用打印机或“另存为 PDF”重新生成一份。"
_ENDS_WITHIN = 2048
"""Some scanners write a little after the mark that ends a file."""


def keep_paper(raw: bytes, *, at: datetime, field: str) -> StoredFile:
    """Keep a PDF as it is, or a photo re-encoded; the file is on disk before its row is written.

    Raises:
        InvalidInputError: neither, damaged, too large, or a PDF that can act by itself.
    """
    if not raw.startswith(_HEAD):
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
    if _is_active(raw):
        raise InvalidInputError(_ACTS, field=field)
    packed = _packed(raw)
    if packed and (len(packed) > _MOST_PACKED or _UNLIKE.search(raw)):
        raise InvalidInputError(_UNCLEAR, field=field)
    try:
        is_harmless = not any(_ANY.search(text) for text in _inflated(raw, packed))
    except (zlib.error, ValueError) as error:
        raise InvalidInputError(_UNCLEAR, field=field) from error
    if not is_harmless:
        raise InvalidInputError(_ACTS, field=field)


def _is_active(raw: bytes) -> bool:
    return bool(_LONG.search(raw) or _ANY.search(_in_the_open(raw)))


def _packed(raw: bytes) -> list[int]:
    """Return where the object streams begin: each is the first stream after its type."""
    begins = [found.end() for found in _BEGINS.finditer(raw)]
    following = {bisect(begins, found.end()) for found in _PACKED.finditer(raw)}
    return [begins[place] for place in sorted(following) if place < len(begins)]


def _inflated(raw: bytes, starts: list[int]) -> Iterator[bytes]:
    """Yield the text of each object stream.

    Raises:
        zlib.error, ValueError: it is packed in another way, encrypted, cut off, or all are too
            large together.
    """
    left = _MOST_INFLATED
    for start in starts:
        unpacker, parts, place = zlib.decompressobj(), [], start
        while not unpacker.eof:
            chunk = unpacker.unconsumed_tail or raw[place : place + _CHUNK_BYTES]
            place += 0 if unpacker.unconsumed_tail else len(chunk)
            parts.append(unpacker.decompress(chunk, left + 1))
            left -= len(parts[-1])
            if left < 0 or not chunk:
                raise ValueError
        text = b"".join(parts)
        if not _PAIRS.match(text):
            raise ValueError
        yield text


def _in_the_open(raw: bytes) -> bytes:
    """Return a PDF without its streams; one that never ends stays."""
    *closed, rest = raw.split(_ENDS)
    return b"\n".join([*(_BEGINS.split(part, maxsplit=1)[0] for part in closed), rest])
