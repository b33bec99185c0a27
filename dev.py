#!/usr/bin/env python3
"""Set up a clone and run it: ``python3 dev.py demo``, ``python3 dev.py test``.

Makes ``.venv`` with exactly the pinned packages, then passes on to ``dianliang`` or pytest.
Needs Python 3.11 or newer and nothing else; run again, it only does what is missing.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "installed-from"
USAGE = "python3 dev.py demo | test [pytest options] | check | ANY-DIANLIANG-COMMAND"


def fingerprint() -> str:
    """Name what the environment is installed from, so that a changed pin reinstalls."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def install() -> None:
    """Make or refresh ``.venv``; do nothing when it is up to date."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    print("首次运行：安装依赖…… (installing dependencies)", flush=True)
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True)
    call(BIN / "python", "-m", "pip", "install", "--quiet", "uv")
    call(BIN / "uv", "sync", "--quiet", "--project", ROOT)
    STAMP.write_text(fingerprint())


def call(*command: str | Path) -> None:
    """Run a command in the clone and stop with its exit code when it fails."""
    environment = {
        **os.environ,
        "VIRTUAL_ENV": str(VENV),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    """Install what is missing, then run what was asked for."""
    if sys.version_info < (3, 11):
        sys.exit("需要 Python 3.11 或更新版本。Python 3.11 or newer is needed.")
    verb, *rest = sys.argv[1:] or ["help"]
    if verb in {"help", "-h", "--help"}:
        sys.exit(f"用法 usage: {USAGE}")
    install()
    if verb == "test":
        call(BIN / "python", "-m", "pytest", *rest)
    elif verb == "check":
        call(BIN / "ruff", "check", ".")
        call(BIN / "ruff", "format", "--check", ".")
        call(BIN / "lint-imports")
        call(BIN / "mypy")
        call(BIN / "pyright")
    else:
        call(BIN / "dianliang", verb, *rest)


if __name__ == "__main__":
    main()
