"""Read, verify, say what was found: one run of ``dianliang certificate verify``."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from dianliang.cli.verifying.arguments import asked
from dianliang.engines.attesting import (
    MARK,
    AttestingError,
    RevocationList,
    State,
    Statement,
    Verdict,
    read_keys,
    read_revocations,
    verify,
)
from dianliang.kernel.text import decoded

MOST_BYTES = 40 * 1024 * 1024
PDF = b"%PDF-"
LABELS = {
    "number": "证明编号",
    "name": "姓名",
    "document_kind": "证件类型",
    "document_number": "证件号码",
    "volunteer_number": "志愿者编号",
    "from_on": "服务起",
    "until_on": "服务止",
    "verified_min": "签到核实（分钟）",
    "declared_min": "人工申报（分钟）",
    "content": "志愿服务内容",
    "issuer": "证明出具单位",
    "head": "负责人",
    "handler": "经办人",
    "contact": "联系方式",
    "issued_on": "出具日期",
    "remarks": "备注",
}


def run(words: Sequence[str]) -> int:
    """Verify each source; return 0 if every one counts, else 1.

    Raises:
        AttestingError: the published files cannot be used.
    """
    wish = asked(words)
    keys = read_keys(_text_of(wish.keys, "公钥文件"))
    listed = None
    if wish.revoked is not None:
        listed = read_revocations(_text_of(wish.revoked, "撤销名单"), keys=keys)
    verdicts = [verify(_content(source), keys=keys, revocations=listed) for source in wish.sources]
    for source, verdict in zip(wish.sources, verdicts, strict=True):
        _say(_json(source, verdict, listed) if wish.is_json else _told(source, verdict))
    if not wish.is_json:
        _say_of_revocations(listed)
    return 0 if all(verdict.is_valid for verdict in verdicts) else 1


def _text_of(path: Path, what: str) -> str:
    text = decoded(_read(path, what))
    if text is None:
        raise AttestingError(f"{what} {path} 不是文本，请重新下载。")
    return text


def _read(path: Path, what: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AttestingError(f"读不了{what} {path}：{error.strerror}。") from error
    if len(content) > MOST_BYTES:
        raise AttestingError(f"{what} {path} 超过 40 MB。")
    return content


def _content(source: str) -> str:
    """Return the words of a source: itself, a file's, or the standard input's."""
    if source == "-":
        return decoded(sys.stdin.buffer.read(MOST_BYTES)) or ""
    if MARK in source:
        return source
    content = _read(Path(source), "文件")
    if content.startswith(PDF):
        return _words_of_pdf(content, source)
    text = decoded(content)
    if text is None:
        message = f"{source} 不是文本或 PDF。请用手机扫描二维码，把得到的文字存成文本文件。"
        raise AttestingError(message)
    return text


def _words_of_pdf(content: bytes, source: str) -> str:
    try:
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{source} 这个 PDF 读不出来，请扫描纸面上的二维码再核验。"
        raise AttestingError(message) from error


def _told(source: str, verdict: Verdict) -> str:
    name = source if MARK not in source and source != "-" else "核验码"
    mark = "✓" if verdict.is_valid else "✗"
    lines = [f"{mark} {name}：{verdict.words}"]
    if verdict.revocation is not None:
        lines.append(f"  {verdict.revocation.on} 撤销：{verdict.revocation.reason}")
    if verdict.statement is not None:
        lines += [f"  {label}：{value}" for label, value in _facts(verdict.statement)]
    if verdict.key_id:
        lines.append(f"  签名密钥：{verdict.key_id}")
    return "\n".join(lines)


def _facts(statement: Statement) -> list[tuple[str, str]]:
    return [(label, str(getattr(statement, name))) for name, label in LABELS.items()]


def _say_of_revocations(listed: RevocationList | None) -> None:
    if listed is not None:
        made_at = listed.issued_at.astimezone(UTC)
        _say(f"已对照 {made_at:%Y-%m-%d %H:%M}（UTC）的撤销名单，之后的撤销看不到。")
    else:
        _say("没有对照撤销名单：证明可能已被撤销，可用 --revoked revoked.json 对照。")


def _json(source: str, verdict: Verdict, listed: RevocationList | None) -> str:
    statement = verdict.statement
    body: dict[str, Any] = {
        "source": source,
        "state": verdict.state,
        "is_valid": verdict.state is State.VALID,
        "words": verdict.words,
        "key_id": verdict.key_id,
        "statement": {name: getattr(statement, name) for name in LABELS} if statement else None,
        "revoked_on": verdict.revocation.on if verdict.revocation else None,
        "revocations_of": listed.issued_at if listed else None,
    }
    return json.dumps(body, ensure_ascii=False, default=str)


def _say(words: str) -> None:
    """Write in UTF-8, whatever the terminal's language: programs rely on it."""
    sys.stdout.buffer.write(words.encode("utf-8", "replace") + b"\n")
