"""The databases that tests stand on: made once, then put back by copying.

A ground is a database with its tables and the rows that the program ships (`bare`), or one with a
world on top. Migrating takes many seconds and building a world tenths of one; a copy takes
hundredths. A test in a transaction leaves its ground as it was; after a test that commits, the next
one finds it put back, triggers and all. The bare ground outlives the run: it is made anew when
a file that shapes it has changed.
"""

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from filelock import FileLock

from dianliang.core import files
from dianliang.core.models import StoredFile
from tests import command, demo, fieldworld, town

ROOT = Path(__file__).resolve().parents[1]
BARE = "bare"
WORLDS: dict[str, Callable[[], Any]] = {
    "town": town.build,
    "world": fieldworld.build,
    "flood": command.build,
    "demo": demo.build,
}
SHAPES = ("**/migrations/*.py", "**/models.py", "**/models/*.py", "**/apps.py", "**/data/*.json")
"""What decides what a migrated database holds, with core, the settings and the pinned packages."""
HAS_STRATEGY, FILE_COPY = 15_00_00, " STRATEGY file_copy"
"""Before this version PostgreSQL knew no other way."""
KEPT_MOST = 4
"""Bare databases of that many states of the source stay, for who changes between branches."""


def wanted(item: Any) -> str:
    """Name the ground that a test stands on; a module with a world of its own builds it on bare."""
    made_by = item._fixtureinfo.name2fixturedefs if hasattr(item, "_fixtureinfo") else {}
    return next((name for name in WORLDS if len(made_by.get(name, ())) == 1), BARE)


@cache
def state() -> str:
    """Name the state of all that shapes a bare database."""
    source = ROOT / "src" / "dianliang"
    files = {path for shape in SHAPES for path in source.glob(shape)}
    files.update((source / "core").rglob("*.py"), (source / "config").glob("*.py"))
    files.update((source / "domain").glob("*/finality.py"))
    told = hashlib.sha256((ROOT / "pyproject.toml").read_bytes())
    for path in sorted(files):
        told.update(f"\n{path.relative_to(source)}\n".encode() + path.read_bytes())
    return told.hexdigest()[:16]


class Files:
    """Grounds as files of SQLite, in a folder that the processes of one run share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, name: str) -> Path:
        """Return where a ground is kept: the bare one beside the source, a world with the run."""
        if name == BARE:
            return kept_tables()
        return self._folder / f"{name}.sqlite3"

    def has(self, name: str) -> bool:
        """Tell whether a ground is kept."""
        return self.place(name).exists()

    def keep(self, name: str) -> None:
        """Keep what the test database holds, whole or not at all."""
        place = self.place(name)
        place.parent.mkdir(exist_ok=True)
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        connection.close()
        _copy(Path(connection.settings_dict["NAME"]), draft)
        draft.replace(place)
        old = sorted(place.parent.glob("tables-*.sqlite3"), key=lambda path: path.stat().st_mtime)
        for path in old[:-KEPT_MOST]:
            path.unlink(missing_ok=True)

    def put(self, name: str) -> None:
        """Make the test database hold a ground; servers of earlier tests may still look at it."""
        connection.close()
        _copy(self.place(name), Path(connection.settings_dict["NAME"]))

    def empty(self) -> None:
        """Leave the test database without any table."""
        self.clear()

    def clear(self) -> None:
        """Take the test database away."""
        connection.close()
        name = connection.settings_dict["NAME"]
        for path in (name, f"{name}-wal", f"{name}-shm"):
            Path(path).unlink(missing_ok=True)


class Templates:
    """Grounds as databases of PostgreSQL that others are made after."""

    def place(self, name: str) -> str:
        """Name the database that keeps a ground: a bare one serves all, a world this process."""
        settings_dict = connection.settings_dict
        return f"{settings_dict['NAME']}_{name}" if name != BARE else f"dianliang_tables_{state()}"

    def has(self, name: str) -> bool:
        """Tell whether a ground is kept."""
        with self._cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.place(name)])
            return cursor.fetchone() is not None

    def keep(self, name: str) -> None:
        """Keep what the test database holds, whole or not at all."""
        with self._cursor() as cursor:
            self._make(cursor, self.place(name), after=connection.settings_dict["NAME"])

    def put(self, name: str) -> None:
        """Make the test database hold a ground."""
        with self._cursor() as cursor:
            self._drop(cursor, connection.settings_dict["NAME"])
            self._make(cursor, connection.settings_dict["NAME"], after=self.place(name))

    def empty(self) -> None:
        """Leave the test database without any table."""
        with self._cursor() as cursor:
            self._drop(cursor, connection.settings_dict["NAME"])
            self._make(cursor, connection.settings_dict["NAME"], after="template1")

    def clear(self) -> None:
        """Take the test database and the worlds of this process away."""
        with self._cursor() as cursor:
            for name in WORLDS:
                self._drop(cursor, self.place(name))
            self._drop(cursor, connection.settings_dict["NAME"])

    def _cursor(self) -> Any:
        connection.close()
        return connection.creation._nodb_cursor()

    def _make(self, cursor: Any, name: str, *, after: str) -> None:
        # Copied as files, thousands of small relations take a third of the work of the log.
        as_files = "" if cursor.connection.info.server_version < HAS_STRATEGY else FILE_COPY
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{after}"{as_files}')

    def _drop(self, cursor: Any, name: str) -> None:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Grounds:
    """What the test database of this process holds, and how it comes to hold something else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = Files(folder) if connection.vendor == "sqlite" else Templates()
        self._holds: str | None = None
        self._built: dict[str, bytes] = {}

    def open(self) -> None:
        """Make the test database, bare."""
        name = connection.creation._get_test_db_name()
        settings.DATABASES[connection.alias]["NAME"] = name
        connection.settings_dict["NAME"] = name
        self._store.clear()  # a run that was killed has left its worlds
        build = kept_tables().parent
        build.mkdir(exist_ok=True)
        with FileLock(build / "tables.lock"):
            if not self._store.has(BARE):
                connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
                self._store.keep(BARE)
        self.stand_on(BARE)

    def stand_on(self, name: str) -> None:
        """Have the test database hold a ground and nothing else.

        A module that works in a transaction of its own stays on what it has built in there.
        """
        if self._holds == name or connection.in_atomic_block:
            return
        self._holds = None
        if name != BARE and name not in self._built:
            with FileLock(self._folder / f"{name}.lock"):
                self._built[name] = self._world(name)
        self._store.put(name)
        self._put_files(name)
        self._holds = name

    def spoil(self) -> None:
        """Note that a test has committed something."""
        self._holds = None

    def empty(self) -> None:
        """Leave the test database without any table, for a test that commits."""
        self.spoil()
        self._store.empty()

    def standing(self, name: str) -> Any:
        """Return a copy of what the builder of the ground under the test has returned."""
        return pickle.loads(self._built[name])

    def close(self) -> None:
        """Take the test database away."""
        self._store.clear()

    def _world(self, name: str) -> bytes:
        """Build a world that is not kept yet; return what its builder says of it."""
        told = self._folder / f"{name}.pickle"
        if not self._store.has(name):
            self._store.put(BARE)
            with transaction.atomic():
                told.write_bytes(pickle.dumps(WORLDS[name]()))
            self._keep_files(name)
            self._store.keep(name)
        return told.read_bytes()

    def _keep_files(self, name: str) -> None:
        """Keep what the files of the world in the test database hold."""
        place = self._folder / f"{name}.files"
        place.mkdir(exist_ok=True)
        for sha256 in set(StoredFile.objects.values_list("sha256", flat=True)):
            if not (place / sha256).exists():
                shutil.copyfile(files.path_of(sha256), place / sha256)

    def _put_files(self, name: str) -> None:
        """Have what a world's files hold: a test on another ground may have dropped the same."""
        for kept in (self._folder / f"{name}.files").glob("*"):
            path = files.path_of(kept.name)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(kept, path)


def kept_tables() -> Path:
    """Return the file of SQLite that holds the bare ground, made or not."""
    return ROOT / "build" / f"tables-{state()}.sqlite3"


def _copy(source: Path, target: Path) -> None:
    connect = connection.Database.connect
    with closing(connect(source)) as read, closing(connect(target)) as written:
        written.execute("PRAGMA synchronous=OFF")
        read.backup(written)
