"""Run a command against a throw-away PostgreSQL server that listens on loopback only.

``python3 tools/with_postgresql.py [--bin DIR] [--durable] -- COMMAND`` sets DIANLIANG_DATABASE for
the command and takes the server away when it ends. Started by root, the server runs as
``postgres``, because PostgreSQL refuses to run as root.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 2 * 1024**3
THROW_AWAY = " ".join(
    f"-c {setting}"
    for setting in (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=256MB",
    )
)
"""What a server need not do whose data nobody wants after a crash."""


def memory() -> Path | None:
    """Return where files lie in memory if there is room: tests make databases by copying files."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES
    return MEMORY if has_room else None


def server_binaries() -> Path:
    """Find the newest installed server, in Debian's folder or on the PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    if installed:
        return installed[-1]
    found = shutil.which("postgres")
    if found is None:
        sys.exit("没有找到 PostgreSQL 服务器程序。")
    return Path(found).parent


def free_port() -> int:
    """Return a loopback port below the ephemeral range that nobody listens on."""
    for port in (26400 + (os.getpid() + step) % 100 for step in range(100)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    sys.exit("26400–26499 端口都被占用。")


def leave(*_: object) -> None:
    """Ended from outside, take the server away all the same; a second signal must not stop that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main() -> None:
    """Start the server, run the command, stop the server, pass on the exit code."""
    signal.signal(signal.SIGTERM, leave)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=None)
    parser.add_argument("--durable", action="store_true", help="keep fsync on, as in real use")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    binaries = asked.bin or server_binaries()
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="dianliang-pg-", dir=None if asked.durable else memory()))
    if account:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    quiet = {"stdout": subprocess.DEVNULL, "cwd": "/"}
    initdb = [
        "initdb",
        "-D",
        data,
        "-U",
        "dianliang",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run([*account, binaries / initdb[0], *initdb[1:]], check=True, **quiet)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    options += " -c max_connections=200"
    options += "" if asked.durable else f" {THROW_AWAY}"
    control = [*account, binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
    try:
        subprocess.run(
            [
                binaries / "createdb",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                "dianliang",
                "dianliang",
            ],
            check=True,
            **quiet,
        )
        url = f"postgresql://dianliang@127.0.0.1:{port}/dianliang"
        done = subprocess.run(
            asked.command, env={**os.environ, "DIANLIANG_DATABASE": url}, check=False
        )
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
