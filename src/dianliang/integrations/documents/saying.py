"""A document in the reader's language: the same blocks, each text said by a translator."""

from collections.abc import Callable
from dataclasses import replace

from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Link,
    Paragraph,
    Pictures,
    Signatures,
    Table,
)

Say = Callable[[str], str]
"""Says a text, or a sentence with its parts, in another language; what it does not know stays."""


def said(document: Document, say: Say, *, language: str) -> Document:
    """Return a document with all its texts said in a language; pictures and codes stay."""
    return replace(
        document,
        language="zh" if language.startswith("zh") else "en",
        title=say(document.title),
        subtitle=say(document.subtitle),
        issuer=say(document.issuer),
        blocks=[_block(one, say) for one in document.blocks],
    )


def _block(block: Block, say: Say) -> Block:
    match block:
        case Heading() | Paragraph():
            return replace(block, text=say(block.text))
        case Facts():
            return Facts([(say(label), say(value)) for label, value in block.rows])
        case Table():
            return replace(
                block,
                columns=[say(one) for one in block.columns],
                rows=[[_cell(cell, say) for cell in row] for row in block.rows],
                caption=say(block.caption),
                empty=say(block.empty),
            )
        case Pictures():
            shown = [replace(one, caption=say(one.caption)) for one in block.pictures]
            return replace(block, pictures=shown)
        case Signatures():
            return Signatures([(say(label), mark) for label, mark in block.places])


def _cell(cell: str | Link, say: Say) -> str | Link:
    return replace(cell, text=say(cell.text)) if isinstance(cell, Link) else say(cell)
