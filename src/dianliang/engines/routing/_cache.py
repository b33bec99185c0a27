"""Where the kernel's machine code is kept; cheap to ask, the compiler is not imported for it."""

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

KERNEL = Path(__file__).resolve().parent / "_kernel"


@cache
def cache_folder(kernel: Path = KERNEL, *others: Path) -> Path:
    """Return the folder for this state of all files of a kernel, and of others it calls.

    numba by itself looks at a function's own file only, and would run old code after a change of
    another one. Machine code is run as it is found, so it is only kept where nobody else writes:
    where numba was told to, in the package, or at the user's; else in a folder of this process.
    """
    files = [file for folder in (kernel, *others) for file in sorted(folder.glob("*.py"))]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    name = digest.hexdigest()[:16]
    told = os.environ.get("NUMBA_CACHE_DIR")
    for base in (*([Path(told)] if told else []), kernel / "__pycache__", _of_user()):
        if _is_writable(base / name):
            return base / name
    return Path(tempfile.mkdtemp(prefix="dianliang-kernel-"))


def is_warm() -> bool:
    """Tell whether the kernel was compiled here before."""
    return any(cache_folder().rglob("search.improve-*.nbc"))


def _of_user() -> Path:
    return Path(os.path.expanduser("~")) / ".cache" / "dianliang"  # noqa: PTH111 (never raises)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
