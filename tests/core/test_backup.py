"""A copy of a running installation comes back exactly, or not at all."""

import sqlite3
from datetime import UTC, datetime

import pytest

from dianliang.core import backup
from dianliang.core.backup import BackupError

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    """A home with a database that somebody is writing to, and an upload."""
    path = tmp_path / "home"
    (path / "files" / "ab").mkdir(parents=True)
    (path / "files" / "ab" / "abcd").write_bytes(b"a photo")
    writer = sqlite3.connect(path / "dianliang.sqlite3", isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE need (text TEXT)")
    writer.execute("BEGIN")
    writer.executemany("INSERT INTO need VALUES (?)", [(f"需求 {i}",) for i in range(1000)])
    writer.execute("COMMIT")
    yield path
    writer.close()


def content(database):
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT rowid, text FROM need ORDER BY rowid").fetchall()
    schema = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return schema, rows


def kept(home, tmp_path):
    file = tmp_path / "copy.tar"
    backup.keep(home=home, database=home / "dianliang.sqlite3", to=file, at=NOON)
    return file


def bring_back(file, tmp_path):
    other = tmp_path / "other"
    other.mkdir(exist_ok=True)
    backup.bring_back(home=other, database=other / "dianliang.sqlite3", source=file)
    return other


def test_what_comes_back_is_what_was_there(home, tmp_path):
    other = bring_back(kept(home, tmp_path), tmp_path)

    assert content(other / "dianliang.sqlite3") == content(home / "dianliang.sqlite3")
    assert (other / "files" / "ab" / "abcd").read_bytes() == b"a photo"


def test_readings_of_meters_come_back_without_drafts_and_locks(home, tmp_path):
    month = home / "curves" / "month=2026-07"
    (month / "superseded").mkdir(parents=True)
    for name in ("parts.json", "a.parquet", "superseded/b.parquet", ".lock", ".c.parquet.77"):
        (month / name).write_bytes(name.encode())

    other = bring_back(kept(home, tmp_path), tmp_path)

    back = {
        p.relative_to(other).as_posix(): p.read_bytes() for p in (other / "curves").rglob("*.*")
    }
    assert back == {
        f"curves/month=2026-07/{name}": name.encode()
        for name in ("parts.json", "a.parquet", "superseded/b.parquet")
    }


def test_a_backup_is_for_its_owner_only_and_holds_no_keys(home, tmp_path):
    (home / "secrets.json").write_text('{"seal_key": "the secret"}')

    file = kept(home, tmp_path)

    assert file.stat().st_mode & 0o077 == 0
    assert b"the secret" not in file.read_bytes()


def test_neither_an_old_backup_nor_a_database_in_use_is_written_over(home, tmp_path):
    file = kept(home, tmp_path)
    with pytest.raises(BackupError, match="已存在"):
        kept(home, tmp_path)

    with pytest.raises(BackupError, match="空的数据目录"):
        backup.bring_back(home=home, database=home / "dianliang.sqlite3", source=file)


def torn(raw):
    return raw[: len(raw) // 2]


def altered(raw):
    place = raw.rindex("需求 7".encode())
    return raw[:place] + "需求 8".encode() + raw[place + len("需求 7".encode()) :]


@pytest.mark.parametrize("spoil", [torn, altered, lambda _: b"no backup"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(home, tmp_path, spoil):
    file = kept(home, tmp_path)
    file.write_bytes(spoil(file.read_bytes()))

    with pytest.raises(BackupError, match="不是完好的备份"):
        bring_back(file, tmp_path)

    assert not list((tmp_path / "other").iterdir())
