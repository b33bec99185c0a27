"""``dianliang certificate verify``: on a machine without an installation, without a network."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from dianliang.cli.verifying.command import run
from dianliang.engines.attesting import (
    AttestingError,
    Revocation,
    encode,
    keys_document,
    revocations_document,
)
from tests.engines.attesting.statements import KEY, OTHER, published, statement

TEXT = encode(statement(), key=KEY)


@pytest.fixture
def files(tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text(keys_document([published()], issuer="国网安吉县供电公司"), encoding="utf-8")
    revoked = tmp_path / "revoked.json"
    entry = Revocation(number="ZM261126-0001", on=date(2026, 11, 28), reason="记录更正")
    at = datetime(2026, 11, 30, tzinfo=UTC)
    revoked.write_text(revocations_document([entry], issued_at=at, key=KEY), encoding="utf-8")
    return keys, revoked


def test_a_genuine_text_ends_with_0_and_says_everything(files, capfdbinary):
    keys, _ = files

    assert run(["verify", TEXT, "--keys", str(keys)]) == 0

    said = capfdbinary.readouterr().out.decode()
    assert "真实有效" in said
    assert "姓名：王小明" in said
    assert "没有对照撤销名单" in said


def test_a_changed_one_ends_with_1_and_says_nothing_of_it(files, capfdbinary):
    keys, _ = files
    changed = TEXT[:-3] + ("A" if TEXT[-3] != "A" else "B") + TEXT[-2:]

    assert run(["verify", changed, "--keys", str(keys)]) == 1

    assert "王小明" not in capfdbinary.readouterr().out.decode()


def test_a_revoked_one_ends_with_1_and_the_day_of_the_list(files, capfdbinary):
    keys, revoked = files

    assert run(["verify", TEXT, "--keys", str(keys), "--revoked", str(revoked)]) == 1

    said = capfdbinary.readouterr().out.decode()
    assert "2026-11-28 撤销：记录更正" in said
    assert "2026-11-30" in said


def test_a_file_is_read_and_json_is_for_programs(files, tmp_path, capfdbinary):
    keys, _ = files
    scanned = tmp_path / "scan.txt"
    scanned.write_bytes(f"扫码结果 https://x/#{TEXT}".encode("gb18030"))

    assert run(["verify", str(scanned), "--keys", str(keys), "--format", "json"]) == 0

    body = json.loads(capfdbinary.readouterr().out)
    assert (body["state"], body["statement"]["issued_on"]) == ("valid", "2026-11-26")


def test_files_that_cannot_be_used_are_told_in_plain_words(files, tmp_path):
    keys, _ = files
    broken = tmp_path / "x.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    picture = tmp_path / "x.jpg"
    picture.write_bytes(b"\xff\xd8\xff\x00\xff")
    for words, told in (
        ([TEXT, "--keys", str(tmp_path / "none.json")], "读不了公钥文件"),
        ([str(tmp_path / "none.txt"), "--keys", str(keys)], "读不了文件"),
        ([str(broken), "--keys", str(keys)], "PDF"),
        ([str(picture), "--keys", str(keys)], "扫描二维码"),
        ([TEXT, "--keys", str(keys), "--revoked", str(keys)], "撤销名单"),
    ):
        with pytest.raises(AttestingError, match=told):
            run(["verify", *words])


def test_a_list_of_another_issuer_is_refused(files, tmp_path):
    keys, revoked = files
    at = datetime(2026, 11, 30, tzinfo=UTC)
    revoked.write_text(revocations_document([], issued_at=at, key=OTHER), encoding="utf-8")

    with pytest.raises(AttestingError, match="密钥"):
        run(["verify", TEXT, "--keys", str(keys), "--revoked", str(revoked)])


@pytest.mark.parametrize("words", [[], ["verify"], ["verify", TEXT], ["sign", TEXT, "--keys", "k"]])
def test_options_that_make_no_sense_end_with_2(words):
    with pytest.raises(SystemExit) as left:
        run(words)

    assert left.value.code == 2


def test_the_real_command_makes_no_home_and_asks_for_no_network(files, tmp_path):
    keys, _ = files
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-m", "dianliang.cli", "certificate", "verify", "-", "--keys", str(keys)],
        input=TEXT.encode(),
        capture_output=True,
        env={**os.environ, "DIANLIANG_HOME": str(home)},
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "真实有效" in done.stdout.decode()
    assert not home.exists()
