"""Between the watch and a device that may hang: nothing here ever makes the watch wait.

Each device has threads of its own and a short queue. A warning is tried again with growing pauses
until it is too old to be of use; when the queue is full the oldest goes. A try that hangs holds one
thread until its time limit, while the next warning goes out on another.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dianliang.integrations.loudspeakers.model import NotHeardError, Speaker
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long and how often it is tried. A voice a minute late speaks to nobody."""

    stale_s: float = 60.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 10.0
    most_waiting: int = 50
    threads: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A warning that was given up, and why."""

    speaker: str
    key: str
    words: str


@dataclass(slots=True, kw_only=True)
class _Waiting:
    body: bytes
    camera_id: str
    key: str
    since_s: float
    due_s: float
    pause_s: float


class Outlet:
    """A device, its threads and its queue.

    From its threads `failed` is called for what is given up, and `taken` with the key of what the
    device has taken.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        failed: Callable[[Failed], None],
        taken: Callable[[str], None] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._speaker, self._failed, self._pace = speaker, failed, pace or Pace()
        self._taken = taken
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._is_closed, self._busy = False, 0
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(self._pace.threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def name(self) -> str:
        """Return what people call the device."""
        return self._speaker.name

    def push(self, body: bytes, *, camera_id: str, key: str) -> None:
        """Take a warning and return at once."""
        now_s, dropped = time.monotonic(), None
        with self._changed:
            if len(self._waiting) >= self._pace.most_waiting:
                dropped = self._waiting.popleft()
            self._waiting.append(
                _Waiting(
                    body=body,
                    camera_id=camera_id,
                    key=key,
                    since_s=now_s,
                    due_s=now_s,
                    pause_s=self._pace.first_pause_s,
                )
            )
            self._changed.notify()
        if dropped is not None:
            self._give_up(dropped, Phrase("排队的预警太多，丢下最早的一条"))

    def drain(self, *, timeout_s: float) -> bool:
        """Wait until nothing is left to send; tell whether that was reached."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while self._waiting or self._busy:
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return False
                self._changed.wait(left_s)
        return True

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Send what can be sent in that time, tell what is given up, end the threads."""
        self.drain(timeout_s=timeout_s)
        with self._changed:
            left, self._is_closed = list(self._waiting), True
            self._waiting.clear()
            self._changed.notify_all()
        for one in left:
            self._give_up(one, Phrase("程序结束时还没有送到"))
        self._speaker.close()

    def _work(self) -> None:
        while (one := self._next()) is not None:
            try:
                self._speaker.send(one.body, camera_id=one.camera_id, key=one.key)
            except NotHeardError as refusal:
                self._again(one, refusal)
            except Exception as fault:  # noqa: BLE001 (a thread that ends would warn nobody again)
                why = type(fault).__name__
                self._give_up(one, Phrase("没有送出，出了意外：%(why)s", why=why))
            else:
                if self._taken is not None:
                    self._taken(one.key)
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()

    def _next(self) -> _Waiting | None:
        """Return the next one that is due, waiting for it; None at the end."""
        with self._changed:
            while not self._is_closed:
                now_s = time.monotonic()
                due = min(self._waiting, key=lambda one: one.due_s, default=None)
                if due is not None and due.due_s <= now_s:
                    self._waiting.remove(due)
                    self._busy += 1
                    return due
                self._changed.wait(None if due is None else due.due_s - now_s)
        return None

    def _again(self, one: _Waiting, refusal: NotHeardError) -> None:
        now_s = time.monotonic()
        is_stale = now_s + one.pause_s - one.since_s > self._pace.stale_s
        if not refusal.may_retry or is_stale:
            self._give_up(one, refusal.message)
            return
        one.due_s, one.pause_s = (
            now_s + one.pause_s,
            min(2 * one.pause_s, self._pace.longest_pause_s),
        )
        with self._changed:
            is_open = not self._is_closed
            if is_open:
                self._waiting.append(one)
                self._changed.notify()
        if not is_open:
            self._give_up(one, refusal.message)

    def _give_up(self, one: _Waiting, words: str) -> None:
        self._failed(Failed(speaker=self.name, key=one.key, words=words))
