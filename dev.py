#!/usr/bin/env python3
"""Set up a clone and run it: ``python3 dev.py demo``, ``python3 dev.py test``.

Makes ``.venv`` with exactly the pinned packages, then becomes ``dianliang`` or pytest. Needs
Python 3.11 or newer and nothing else: a machine without Node gets it from PyPI. Run again, it only
does what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
USAGE = "python3 dev.py demo | test [pytest options] | check | ANY-DIANLIANG-COMMAND"
TOOLS = {"test", "check"}
"""What needs the developers' tools; everything else installs in a third of the download."""
OLDEST_NODE = 18
MAKE_READY = """
from dianliang.core.assets import ensure_assets
from dianliang.engines import routing
from dianliang.engines.routing import homecare
ensure_assets()
routing.is_warm() or (routing.warm(), homecare.warm())
"""
READY = (BIN / "python", "-c", MAKE_READY)
"""Builds and compiles once for all processes of the suite, instead of once in each."""
COLLECT = """
import contextlib, io, pytest
with contextlib.redirect_stdout(io.StringIO()) as said:
    code = pytest.main(["--collect-only", "-qq", "-s"])
print(said.getvalue() if code else "", end="")
raise SystemExit(code)
"""
COLLECTED = (BIN / "python", "-c", COLLECT)
"""Reads all tests: one that cannot be read is told, and no process compiles them later."""
ENVIRONMENT = {
    # Many images forbid bytecode: each process would compile every package anew, for seconds.
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "VIRTUAL_ENV": str(VENV),
    "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
}


def install(*, with_tools: bool) -> None:
    """Make or refresh ``.venv``; do nothing when it is up to date."""
    stamp = VENV / ("installed-tools" if with_tools else "installed")
    pins = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == pins:
        return
    print("首次运行：安装依赖…… (installing dependencies)", flush=True)
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True)
    if not (BIN / "uv").exists():
        call(BIN / "python", "-m", "pip", "install", "--quiet", "uv")
    groups = ["--group", "dev"] if with_tools else ["--no-dev"]
    groups += [] if has_node() else ["--group", "node"]
    sync = (BIN / "uv", "sync", "--quiet", "--inexact", "--project", ROOT, *groups)
    if run(*sync, quietly=True):
        # A company's proxy signs with an authority that only the system knows.
        call(*sync, UV_SYSTEM_CERTS="1")
    stamp.write_text(pins)


def has_node() -> bool:
    """Tell whether the machine's own Node and npm can fetch the front-end libraries."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return major.isdecimal() and int(major) >= OLDEST_NODE


def run(*command: str | Path, quietly: bool = False, **more: str) -> int:
    """Run a command in the clone and return its exit code."""
    told = subprocess.DEVNULL if quietly else None
    words = [str(part) for part in command]
    environment = {**ENVIRONMENT, **more}
    return subprocess.run(words, cwd=ROOT, env=environment, stderr=told, check=False).returncode


def call(*command: str | Path, **more: str) -> None:
    """Run a command in the clone and stop with its exit code when it fails."""
    code = run(*command, **more)
    if code:
        sys.exit(code)


def call_together(*commands: tuple[str | Path, ...]) -> None:
    """Run commands side by side, show what each says in turn, stop when one has failed."""
    with tempfile.TemporaryDirectory() as folder:
        started = []
        for number, command in enumerate(commands):
            said = Path(folder) / str(number)
            words = [str(part) for part in command]
            with said.open("wb") as out:
                process = subprocess.Popen(
                    words, cwd=ROOT, env=ENVIRONMENT, stdout=out, stderr=subprocess.STDOUT
                )
            started.append((process, said))
        codes = []
        for process, said in started:
            codes.append(process.wait())
            print(said.read_text(encoding="utf-8", errors="replace"), end="", flush=True)
    if any(codes):
        sys.exit(1)


def become(*command: str | Path) -> NoReturn:
    """Replace this process by a command, so that Ctrl-C and signals reach it alone."""
    words = [str(part) for part in command]
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(run(*command))
    os.execve(words[0], words, ENVIRONMENT)


def main() -> None:
    """Install what is missing, then run what was asked for."""
    if sys.version_info < (3, 11):
        sys.exit("需要 Python 3.11 或更新版本。Python 3.11 or newer is needed.")
    verb, *rest = sys.argv[1:] or ["help"]
    if verb in {"help", "-h", "--help"}:
        sys.exit(f"用法 usage: {USAGE}")
    install(with_tools=verb in TOOLS)
    if verb == "test":
        call(*READY)
        become(BIN / "python", "-m", "pytest", *rest)
    if verb == "check":
        call(BIN / "ruff", "check", ".")
        call(BIN / "ruff", "format", "--check", ".")
        # What tests need is compiled meanwhile, by the core that would stand idle.
        checks = ("lint-imports", "mypy", "pyright")
        call_together(*((BIN / check,) for check in checks), READY, COLLECTED)
        return
    become(BIN / "dianliang", verb, *rest)


if __name__ == "__main__":
    main()
