"""The doctor: each broken installation is named, with what to do."""

import os
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection

from dianliang.core import audit, jobs, seal
from dianliang.core.assets import ensure_assets
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.customers.models import Customer
from dianliang.flows import checkup
from dianliang.flows.checkup import Severity
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.calendar import SHANGHAI
from tests.town import NOON

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A sound home behind https, whose clock stands at noon."""
    tmp_path.chmod(0o700)
    (tmp_path / "secrets.json").write_text(settings.SECRETS_FILE.read_text())
    (tmp_path / "secrets.json").chmod(0o600)
    settings.HOME = tmp_path
    settings.SECRETS_FILE = tmp_path / "secrets.json"
    settings.PUBLIC_URL = "https://dl.example.cn"
    settings.ALLOWED_HOSTS = ["dl.example.cn"]
    settings.WHITENOISE_USE_FINDERS = True
    return tmp_path


@pytest.fixture
def clock(home):
    """An instant after everything in the home was written."""
    from dianliang.faces.ui.requests import now

    return now()


def found(at, subject):
    return [f for f in checkup.examine(at=at) if f.subject == subject]


def worst(at, subject):
    (finding,) = found(at, subject)
    return finding.severity, finding.words


@pytest.fixture(autouse=True)
def front_end() -> None:
    """A fresh clone has no built files yet; an installation that is sound has."""
    ensure_assets()


def test_a_sound_installation_has_nothing_wrong(town, clock):
    town.user("chief", Role.ADMINISTRATOR)

    assert not [f for f in checkup.examine(at=clock) if f.severity is Severity.WRONG]


@pytest.mark.parametrize(
    ("change", "subject", "words"),
    [
        (lambda s: s.HOME.chmod(0o755), "数据目录", "chmod 750"),
        (lambda s: s.SECRETS_FILE.chmod(0o644), "密钥文件", "chmod 600"),
        (lambda s: setattr(s, "PUBLIC_URL", "dl.example.cn"), "访问地址", "应形如"),
        (lambda s: setattr(s, "PUBLIC_URL", "https://x.cn"), "访问地址", "不在 DIANLIANG_HOSTS"),
        (lambda s: setattr(s, "ALLOWED_HOSTS", ["*"]), "访问地址", "冒充"),
        (lambda s: setattr(s, "DEBUG", True), "调试", "去掉"),
    ],
)
def test_a_wrong_setting_is_named(settings, clock, change, subject, words):
    change(settings)

    severity, said = worst(clock, subject)

    assert severity is Severity.WRONG
    assert words in said


def test_plain_http_is_advised_against(settings, clock):
    settings.PUBLIC_URL = "http://dl.example.cn"

    assert worst(clock, "访问地址")[0] is Severity.ADVICE


def test_a_full_disk_is_named(monkeypatch, clock):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 10**9))

    assert worst(clock, "磁盘") == (
        Severity.WRONG,
        "剩余空间只有 0.9 GB，至少应留 2 GB。请清理或扩容。",
    )


def test_a_clock_before_the_release_and_one_that_went_back_are_named(home, clock):
    assert "早于本软件发布" in worst(NOON.replace(year=2001), "时钟")[1]
    written = clock.timestamp()
    os.utime(home / "secrets.json", (written, written))
    yesterday = clock - timedelta(days=1)
    words = worst(yesterday, "时钟")[1]
    assert "还早" in words
    assert f"{yesterday.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" in words


def test_missing_front_end_files_are_named(monkeypatch, tmp_path, clock, settings):
    settings.WHITENOISE_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path / "none"
    assert "还没有收集" in worst(clock, "静态文件")[1]

    monkeypatch.setattr(checkup, "DIST", tmp_path / "nothing")

    assert worst(clock, "静态文件")[0] is Severity.WRONG


def test_a_structure_that_is_behind_is_named(monkeypatch, clock):
    monkeypatch.setattr("dianliang.core.health.missing_migrations", lambda: 3)

    severity, words = worst(clock, "数据库结构")

    assert severity is Severity.WRONG
    assert "dianliang migrate" in words


def test_keys_of_another_installation_are_named(town, settings, clock):
    Customer.objects.create(
        number="K1", kind="resident", name="某人", phone="19900000001", area=town.areas["V1"]
    )
    assert worst(clock, "密钥")[0] is Severity.FINE

    settings.SECRETS_FILE.write_text(
        settings.SECRETS_FILE.read_text().replace(settings.FIELD_KEYS["k1"], "ab" * 32)
    )
    settings.FIELD_KEYS = {"k1": "ab" * 32}

    assert "不配套" in worst(clock, "密钥")[1]


def test_another_key_for_looking_up_is_named(town, clock):
    Customer.objects.create(
        number="K1",
        kind="resident",
        name="某人",
        account_number="3305",
        account_index="0" * 64,
        area=town.areas["V1"],
    )

    assert "检索密钥" in worst(clock, "密钥")[1]


def test_work_that_nobody_does_is_named(clock):
    jobs.enqueue("x", {}, by=SYSTEM, at=clock - timedelta(minutes=5))
    assert worst(clock, "后台任务")[0] is Severity.WRONG

    BackgroundJob.objects.update(status="running", lease_until=clock - timedelta(minutes=5))
    assert "没有人做" in worst(clock, "后台任务")[1]

    BackgroundJob.objects.update(status="failed")
    assert "失败" in worst(clock, "后台任务")[1]


def record(at):
    audit.record_about("test.act", target_type="t", target_id="1", by=SYSTEM, at=at)


def test_a_trail_that_nobody_seals_shows_that_no_worker_runs(clock):
    record(clock - timedelta(hours=1))
    assert "没有在运行" in worst(clock, "后台任务")[1]

    seal.seal_settled(at=clock)

    assert worst(clock, "后台任务")[0] is Severity.FINE


def test_a_broken_trail_is_named(clock):
    record(clock - timedelta(hours=1))
    seal.seal_settled(at=clock)
    AuditEvent.objects.update(actor_name="他人")

    severity, words = worst(clock, "审计链")

    assert severity is Severity.WRONG
    assert "audit verify" in words


def test_an_old_library_is_advised_against(monkeypatch, clock):
    if connection.vendor != "sqlite":
        monkeypatch.setattr(checkup, "LEAST_POSTGRESQL", 990000)
        assert worst(clock, "PostgreSQL")[0] is Severity.WRONG
        return
    monkeypatch.setattr(checkup, "SAFE_SQLITE", (99, 0, 0))

    assert "WAL 缺陷" in worst(clock, "SQLite")[1]


def test_an_empty_installation_is_told_what_to_load(clock):
    advised = {f.subject for f in checkup.examine(at=clock) if f.severity is Severity.ADVICE}

    assert advised >= {"区域", "单位", "服务事项", "管理员", "节假日"}


def test_a_year_without_its_holidays_is_named_with_two_ways_to_load_it(town):
    assert worst(NOON, "节假日")[0] is Severity.FINE

    severity, words = worst(NOON.replace(month=12, day=31), "节假日")

    assert severity is Severity.ADVICE
    assert words.startswith("2027 年")
    assert "import --calendar" in words
    assert "import --holidays" in words
