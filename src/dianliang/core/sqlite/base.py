"""Django's SQLite backend behind one write gate.

SQLite lets one connection write at a time, and a thread that waits polls: with eight threads
p99 grows tenfold. A lock of this process lets them queue instead. Other processes still meet
at SQLite's own busy timeout.
"""

import threading
from typing import Any

from django.db.backends.sqlite3 import base

_gate = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the gate from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds_gate = False

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Take the gate before a transaction begins and give it back after it ends."""
        if not autocommit and not self._holds_gate:
            _gate.acquire()
            self._holds_gate = True
        try:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        except BaseException:
            self._release()
            raise
        if autocommit:
            self._release()

    def close(self) -> None:
        """Close the connection; a transaction that was open is gone, and so is its hold."""
        try:
            super().close()
        finally:
            if self.connection is None or self.closed_in_transaction:
                self._release()

    def _release(self) -> None:
        if self._holds_gate:
            self._holds_gate = False
            _gate.release()
