"""Files are written whole or not at all."""

import os

import pytest

from dianliang.core import disk


def test_a_file_replaces_the_one_before_it_and_is_dated(tmp_path, noon):
    path = tmp_path / "deep" / "plan.json"
    disk.write(path, b"old")

    disk.write(path, b"new", at=noon)

    assert path.read_bytes() == b"new"
    assert path.stat().st_mtime == noon.timestamp()
    assert [each.name for each in path.parent.iterdir()] == ["plan.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    disk.write(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.write(path, b"new")

    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["plan.json"]


def test_only_writing_makes_the_folders_that_are_missing(tmp_path):
    place = tmp_path / "new" / "a.txt"
    with pytest.raises(FileNotFoundError):
        disk.replace(place, b"x")

    disk.write(place, b"x")

    assert place.read_bytes() == b"x"
