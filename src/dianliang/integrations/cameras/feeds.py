"""Several cameras at once: each is decoded by a process of its own, so that none stops another.

A film or stream is bytes from outside and decoders have faults: one that crashes, hangs or eats
memory is ended and opened again later, while the others go on. Pictures come through a pipe that
holds one picture: whoever reads too slowly gets newer pictures, never a queue of old ones.
"""

import multiprocessing
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import numpy as np

from dianliang.integrations.cameras.sources import (
    Frame,
    Picture,
    Source,
    UnreadableSourceError,
    frames,
)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
STALL_S = 15.0
"""Nothing for so long: the process is ended and the source opened again."""
BEGIN_S = 120.0
"""As long a process may take to begin on a busy computer: that is no silence of the camera's."""
BEGUN = "begun"
FINE_S = 30.0
"""A source that ran for so long begins again with the shortest pause."""
MOST_MEMORY = 3 * 1024**3
WAIT_S = 0.2
_SPAWN = multiprocessing.get_context("spawn")  # a fork would share the parent's locks and database


class NoticeKind(StrEnum):
    """What happened to a source."""

    OPENED = "opened"
    ENDED = "ended"
    BROKEN = "broken"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something happened to a camera's source; live ones are opened again after `again_in_s`."""

    camera_id: str
    kind: NoticeKind
    words: str
    again_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken:
    """A picture of a camera; `at_s` is None for a live one: now."""

    camera_id: str
    picture: Picture
    at_s: float | None


class Feed:
    """One camera's process, its pauses and its end."""

    def __init__(self, camera_id: str, source: Source, *, stall_s: float = STALL_S) -> None:
        self.camera_id, self.source = camera_id, source
        self._stall_s, self._pause_s = stall_s, FIRST_PAUSE_S
        self._process: BaseProcess | None = None
        self.pipe: Connection | None = None
        self.is_over = self._has_begun = False
        self._due_s = self._opened_s = self._heard_s = -np.inf

    def opened(self, *, now_s: float) -> None:
        """Start the process if it is time."""
        if self.is_over or self._process is not None or now_s < self._due_s:
            return
        self.pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_read, args=(self.source, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._opened_s, self._heard_s, self._has_begun = now_s, now_s, False

    def taken(self, *, now_s: float) -> Taken | Notice | None:
        """Return the picture or the end that lies in the pipe; None where it only begins."""
        assert self.pipe is not None  # noqa: S101 (asked for only while open)
        try:
            told = self.pipe.recv()
        except (EOFError, OSError):
            return self._closed(NoticeKind.BROKEN, "解码进程意外退出", now_s=now_s)
        self._heard_s = now_s
        if not self._has_begun and isinstance(told, str) and told == BEGUN:
            self._has_begun = True
            return None
        with suppress(OSError):  # it may have died since: then the next look finds the end
            self.pipe.send(True)
        if isinstance(told, Frame):
            return Taken(camera_id=self.camera_id, picture=told.picture, at_s=told.at_s)
        if told is None:
            return self._closed(NoticeKind.ENDED, "画面结束", now_s=now_s)
        return self._closed(NoticeKind.BROKEN, str(told), now_s=now_s)

    def stalled(self, *, now_s: float) -> Notice | None:
        """End a process that has been silent for too long; what lies in the pipe was not silent."""
        most_s = self._stall_s if self._has_begun else max(self._stall_s, BEGIN_S)
        if self._process is None or now_s - self._heard_s < most_s:
            return None
        if self.pipe is not None and self.pipe.poll(0):
            self._heard_s = now_s
            return None
        return self._closed(NoticeKind.STALLED, f"{self._stall_s:.0f} 秒没有画面", now_s=now_s)

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self.pipe is not None:
            self.pipe.close()
            self.pipe = None

    def _closed(self, kind: NoticeKind, words: str, *, now_s: float) -> Notice:
        self.close()
        if not self.source.is_live:
            self.is_over = True
            return Notice(camera_id=self.camera_id, kind=kind, words=words)
        if now_s - self._opened_s >= FINE_S:
            self._pause_s = FIRST_PAUSE_S
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._due_s = now_s + pause_s
        return Notice(camera_id=self.camera_id, kind=kind, words=words, again_in_s=pause_s)


def follow(feeds: Sequence[Feed]) -> Generator[Taken | Notice, None, None]:
    """Yield pictures and notices of all cameras in turn, until every source that ends has ended.

    Leaving the iterator ends all processes.
    """
    try:
        while not all(feed.is_over for feed in feeds):
            now_s = time.monotonic()
            for feed in feeds:
                feed.opened(now_s=now_s)
            yield from _heard(feeds)
    finally:
        for feed in feeds:
            feed.close()


def _heard(feeds: Sequence[Feed]) -> Iterator[Taken | Notice]:
    """Yield what lies in the pipes: at most one picture of each camera, so that all get theirs."""
    by_pipe = {feed.pipe: feed for feed in feeds if feed.pipe is not None}
    if not by_pipe:
        time.sleep(WAIT_S)  # all rest between two tries
    ready = wait(list(by_pipe), WAIT_S) if by_pipe else []
    for pipe, feed in by_pipe.items():
        told = feed.taken(now_s=time.monotonic()) if pipe in ready else None
        if told is not None:
            yield told
    for feed in feeds:
        notice = feed.stalled(now_s=time.monotonic())
        if notice is not None:
            yield notice


def _read(source: Source, pipe: Connection) -> None:
    """Run in the camera's own process: decode, hand over, wait until the last picture was taken."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 (Unix only)

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    free = True
    try:
        pipe.send(BEGUN)
        for frame in frames(source):
            if not free:
                # A live picture that nobody had time for is dropped; a film waits.
                free = pipe.poll(0 if source.is_live else None)
                if free:
                    pipe.recv()
                else:
                    continue
            pipe.send(frame)
            free = False
        pipe.send(None)
    except UnreadableSourceError as error:
        pipe.send(error.message)
    except (BrokenPipeError, EOFError):
        return
    with suppress(EOFError, OSError):
        while pipe.poll(1.0):
            pipe.recv()
