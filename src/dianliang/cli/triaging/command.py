"""Prepare, read, answer line by line: one run of ``dianliang triage``."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from dianliang.cli.triaging import addresses
from dianliang.cli.triaging.answer import Answer, answer, refusal, told_to_people
from dianliang.cli.triaging.arguments import Asked, asked
from dianliang.cli.triaging.knowledge import prepared
from dianliang.cli.triaging.many import in_order
from dianliang.cli.triaging.reading import UNREADABLE, Entry, Item, Unread, entries
from dianliang.cli.triaging.schema import json_schema
from dianliang.engines.triage import AddressReader, Triage
from dianliang.kernel.text import decoded

MOST_BYTES = 256 * 1024 * 1024
TYPED = "--text"
STANDARD_INPUT = "-"


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 1 if some line could not be read, else 0.

    Raises:
        DomainError: the installation, or a file of services, areas or addresses, cannot be used.
    """
    wish = asked(words)
    try:
        if wish.schema:
            _say(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        reader = _taught(wish)
        failed = _triage(wish, reader) if wish.sources or wish.texts else False
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has seen enough; Python would complain when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(failed)


def _taught(wish: Asked) -> AddressReader | None:
    """Learn to take addresses apart, if that was asked for; return a reader worth using."""
    if wish.addresses is None:
        return None
    found = addresses.learnt(wish.addresses)
    sys.stderr.write(f"{found.words}\n")
    if wish.save_addresses is not None:
        addresses.keep(found.reader, wish.save_addresses)
    return found.reader if found.is_better else None


def _triage(wish: Asked, reader: AddressReader | None) -> bool:
    ready = prepared(wish)
    made = ready.triage.with_addresses(reader) if reader else ready.triage
    sys.stderr.write(f"用：{ready.words}\n")
    sys.stderr.writelines(f"注意：{warning}\n" for warning in ready.warnings)
    failed = False
    for words, is_answered in in_order(partial(_told, made, wish), _entries(wish)):
        failed = failed or not is_answered
        _say(words)
    return failed


def _told(made: Triage, wish: Asked, asked: tuple[str, Entry]) -> tuple[str, bool]:
    """Return what to write of one need, and whether it could be read."""
    source, entry = asked
    is_answered = not isinstance(entry, Unread)
    if isinstance(entry, Unread):
        told = refusal(entry, source=source)
    else:
        told = answer(made, entry, source=source, privacy=wish.privacy)
    return told_to_people(told) if wish.is_for_people else _json(told), is_answered


def _json(told: Answer) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _say(words: str) -> None:
    """Write in UTF-8, whatever the terminal's language: programs rely on it."""
    sys.stdout.buffer.write(words.encode("utf-8", "replace") + b"\n")


def _entries(wish: Asked) -> Iterator[tuple[str, Entry]]:
    for number, typed in enumerate(wish.texts, start=1):
        text = decoded(os.fsencode(typed))
        if text is None:
            yield TYPED, Unread(line=number, error=UNREADABLE)
        else:
            yield TYPED, Item(line=number, text=text)
    for source in wish.sources:
        for entry in _read(source, wish):
            yield source, entry


def _read(source: str, wish: Asked) -> Iterator[Entry]:
    try:
        content = _content(source)
    except OSError as error:
        words = f"读不了 {source}：{error.strerror}。请检查文件名和权限。"
        return iter([Unread(line=None, error=words)])
    if len(content) > MOST_BYTES:
        return iter([Unread(line=None, error=f"{source} 超过 256 MB，请拆分。")])
    return entries(content, name=Path(source).name, kind=wish.kind)


def _content(source: str) -> bytes:
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(source).open("rb") as file:
        return file.read(MOST_BYTES + 1)
