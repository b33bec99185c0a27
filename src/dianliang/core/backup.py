"""Keep a copy of an embedded installation, and bring it back exactly.

A backup is one tar file: the database as SQLite's online backup hands it over, the uploads, the
readings of meters, and a manifest with the database's SHA-256. The database comes first: a row
never points to an upload that is not there. Of readings the lists come before the files that they
name: a file is never changed, and stays for a day after no list names it any more. Keys stay out
of it, so that a stolen backup is as unreadable as the database.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from dianliang.core.home import DATABASE
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MANIFEST = "manifest.json"
FORMAT = 1
UPLOADS, CURVES = "files", "curves"
CHUNK_BYTES = 1024 * 1024


class BackupError(DomainError):
    """The copy cannot be made or brought back; the message says why."""

    code = "backup.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a backup holds."""

    database_bytes: int
    uploads: int
    curves: int
    sha256: str


def keep(*, home: Path, database: Path, to: Path, at: datetime) -> Copied:
    """Write a backup of a running or stopped installation, whole or not at all.

    Raises:
        BackupError: the file exists, or cannot be written.
    """
    if to.exists():
        raise BackupError(Phrase("%(to)s 已存在。请换一个文件名，备份不覆盖旧文件。", to=to))
    draft = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            copy = Path(scratch) / DATABASE
            _copy_database(database, copy)
            copied = _write(draft, copy, home, at=at)
        draft.replace(to)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BackupError(
            Phrase("备份没有完成：%(strerror)s。", strerror=error.strerror or error)
        ) from error
    return copied


def _copy_database(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    live.close()
    copy.close()


def _files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(p for p in folder.rglob(pattern) if p.is_file() and p.name[0] != ".")


def _write(draft: Path, database: Path, home: Path, *, at: datetime) -> Copied:
    sha256 = _digest(database)
    files = _files(home / UPLOADS)
    manifest = {
        "format": FORMAT,
        "at": at.isoformat(),
        "sha256": sha256,
        "uploads": len(files),
    }
    with draft.open("wb") as raw:
        draft.chmod(0o600)
        with tarfile.open(fileobj=raw, mode="w") as archive:
            content = json.dumps(manifest).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
            archive.add(database, DATABASE)
            for path in files:
                archive.add(path, path.relative_to(home).as_posix())
            curves = 0
            for pattern in ("*.json", "*.parquet"):
                for path in _files(home / CURVES, pattern):
                    archive.add(path, path.relative_to(home).as_posix())
                    curves += 1
        raw.flush()
        os.fsync(raw.fileno())
    return Copied(
        database_bytes=database.stat().st_size, uploads=len(files), curves=curves, sha256=sha256
    )


def bring_back(*, home: Path, database: Path, source: Path) -> Copied:
    """Restore a backup into a home without a database.

    Raises:
        BackupError: the home is in use, or the file is damaged or not a backup. Nothing is left.
    """
    if database.exists():
        raise BackupError(
            Phrase(
                "%(database)s 已存在。恢复只写入空的数据目录，请换一个 DIANLIANG_HOME。",
                database=database,
            )
        )
    damaged = Phrase("%(source)s 不是完好的备份文件。请换另一份备份。", source=source)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        unpacked = Path(scratch)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(unpacked, filter="data")
            manifest = json.loads((unpacked / MANIFEST).read_text(encoding="utf-8"))
            sha256 = _digest(unpacked / DATABASE)
        except (OSError, tarfile.TarError, ValueError) as error:
            raise BackupError(damaged) from error
        if manifest.get("sha256") != sha256 or not _is_sound(unpacked / DATABASE):
            raise BackupError(damaged)
        for name in (UPLOADS, CURVES):
            if (unpacked / name).exists():
                shutil.copytree(unpacked / name, home / name, dirs_exist_ok=True)
        curves = len(_files(unpacked / CURVES))
        size = (unpacked / DATABASE).stat().st_size
        (unpacked / DATABASE).replace(database)
    return Copied(
        database_bytes=size, uploads=int(manifest["uploads"]), curves=curves, sha256=sha256
    )


def _is_sound(database: Path) -> bool:
    connection = sqlite3.connect(database)
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
