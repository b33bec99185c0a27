"""Documents as PDF, by typst."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from dianliang.integrations.documents.fonts import FAMILY, FOLDER
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Link,
    Paragraph,
    Picture,
    Pictures,
    Signatures,
    Table,
    image_suffix,
)
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

TEMPLATE = Path(__file__).resolve().parent / "report.typ"

Keep = Callable[[bytes], str]


class MissingFontError(DomainError):
    """The Chinese font of printed documents is not there."""

    code = "documents.missing-font"


def pdf(documents: Sequence[Document], *, title: str, made_at: datetime) -> bytes:
    """Print documents into one PDF, each from a new page, with contents if there are several.

    `made_at` is printed and becomes the file's date, so that the same input gives the same bytes.
    Cost: about 10 ms a page, and half a second to load the font, once a process.

    Raises:
        ValueError: there is no document, or a picture is neither JPEG nor PNG.
        MissingFontError: a clone has not brought the font yet.
    """
    if not documents:
        raise ValueError("nothing to print")
    with TemporaryDirectory(prefix="dianliang-pdf-") as folder:
        root = Path(folder)
        keep = _keeper(root)
        body = {
            "title": title,
            "made_at": f"{made_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "family": FAMILY,
            "language": documents[0].language,
            "documents": [_document(document, keep) for document in documents],
        }
        (root / "data.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        main = root / "main.typ"
        main.write_bytes(TEMPLATE.read_bytes())
        # Tags double the time and nobody asked for them (design.md, measured traps).
        made = typst.Compiler(main, root=root, font_paths=_fonts()).compile(
            format="pdf", timestamp=int(made_at.timestamp()), pdf_tags=False
        )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single file")
    return made


@cache
def _fonts() -> typst.Fonts:
    found = typst.Fonts(include_system_fonts=False, font_paths=[FOLDER])
    if FAMILY not in found.families():
        # Typst would print boxes instead of Chinese and call it a success.
        message = "缺少打印文档的中文字体：从源码运行时请先启动一次 dianliang demo 或 serve。"
        raise MissingFontError(message)
    return found


def _keeper(root: Path) -> Keep:
    """Return what writes a picture beside the template and tells its name there."""
    count = 0

    def keep(content: bytes) -> str:
        nonlocal count
        count += 1
        name = f"{count}{image_suffix(content)}"
        (root / name).write_bytes(content)
        return name

    return keep


def _document(document: Document, keep: Keep) -> dict[str, Any]:
    return {
        "title": document.title,
        "issuer": document.issuer,
        "subtitle": document.subtitle,
        "number": document.number,
        "language": document.language,
        "code": _picture(document.code, keep) if document.code else None,
        "blocks": [_block(block, keep) for block in document.blocks],
    }


def _picture(picture: Picture, keep: Keep) -> dict[str, str]:
    return {"file": keep(picture.content), "caption": picture.caption}


def _block(block: Block, keep: Keep) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": level}
        case Paragraph(text, is_note):
            return {"kind": "paragraph", "text": text, "note": is_note}
        case Facts(rows):
            return {"kind": "facts", "rows": [list(row) for row in rows]}
        case Table():
            return _table(block)
        case Pictures(pictures=pictures, columns=columns):
            shown = [_picture(picture, keep) for picture in pictures]
            return {"kind": "pictures", "pictures": shown, "columns": columns}
        case Signatures(places):
            kept = [
                {"label": label, "file": keep(signed) if signed else None}
                for label, signed in places
            ]
            return {"kind": "signatures", "places": kept}


def _cell(cell: str | Link) -> str | dict[str, str]:
    return cell if isinstance(cell, str) else {"text": cell.text, "address": cell.address}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "columns": list(table.columns),
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "caption": table.caption,
        "numbers": sorted(table.numbers),
        "widths": list(table.widths) or [1] * len(table.columns),
        "empty": table.empty,
    }
