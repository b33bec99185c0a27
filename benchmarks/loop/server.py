"""A real server of ours for a benchmark: started, asked, killed."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

KEYS = tuple(f"benchmark-{number}" for number in range(64))
"""Programs that post: each key may post 3000 needs an hour, a run sends more."""


def free_port() -> int:
    """Return a loopback port below the ephemeral range."""
    for port in range(27000, 27400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


class Server:
    """`dianliang demo` or `serve` in a process group of its own."""

    def __init__(self, home: Path, database: str | None, port: int) -> None:
        self.port = port
        self.environment = {
            **os.environ,
            "DIANLIANG_HOME": str(home),
            "DIANLIANG_MODE": "demo",
            "DIANLIANG_OPEN311_KEYS": ",".join(KEYS),
            **({"DIANLIANG_DATABASE": database} if database else {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> None:
        """Run a command of ours to its end."""
        subprocess.run(
            [sys.executable, "-m", "dianliang.cli", *command],
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, command: str = "serve") -> float:
        """Start and wait until it answers; return the seconds that took."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dianliang.cli", command, "--port", str(self.port)],
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while time.monotonic() - began < 60:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/api/open311/v2/discovery.json")
                if connection.getresponse().status == 200:
                    return time.monotonic() - began
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    @property
    def group(self) -> int:
        """Return the process group of the running server."""
        return self._process.pid if self._process else 0

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End the whole process group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def prepared(database: str | None) -> Iterator[Server]:
    """Give a server over a freshly seeded demo county, and clean up after it."""
    home = Path(tempfile.mkdtemp(prefix="dianliang-bench-"))
    server = Server(home, database, free_port())
    try:
        server.run("demo", "--prepare-only")
        yield server
    finally:
        server.kill(signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)
