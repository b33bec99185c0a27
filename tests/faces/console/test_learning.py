"""The page of learning, as an administrator uses it."""

import pytest

from dianliang.core.models import BackgroundJob
from dianliang.domain.intake.models import LearntModel
from dianliang.domain.intake.operations import learning as operations
from dianliang.flows import learning
from dianliang.kernel.actor import SYSTEM, Role
from tests.town import NOON, PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("boss", Role.ADMINISTRATOR, "LM")
    client.login(username="boss", password=PASSWORD)
    return client


def keep(worse=""):
    figures = {
        "bands": {
            "measured_on": 300,
            "auto": {"from": 0.9, "texts": 200, "right": 196, "coverage": 0.67},
            "suggest": {"from": None, "texts": 0, "right": 0, "coverage": 0.0},
        },
        "all": learning._comparison([]),
        "lately": learning._comparison([]),
    }
    found = operations.Learnt(
        version="t",
        newest_decision=0,
        decided=300,
        history=0,
        body=learning.engine.to_bytes(learning.engine.UNTAUGHT),
        unseen=(),
        figures=figures,
    )
    return operations.keep(found, worse=worse, by=SYSTEM, at=NOON)


def press(desk, verb, **form):
    answer = desk.post("/console/learning/act/", {"verb": verb, **form}, follow=True)
    return answer.content.decode()


def test_before_anything_was_learnt_the_page_says_how_needs_are_sorted(desk):
    page = desk.get("/console/learning/").content.decode()

    assert "还没有学习过" in page
    assert "只按事项目录" in page
    refused = press(desk, "hold", reason="试试看")
    assert "还没有学习过，没有可停的" in refused
    assert 'value="试试看"' in refused


def test_learning_is_ordered_once(desk):
    assert "已开始学习" in press(desk, "start")
    assert "正在学习" in press(desk, "start")
    assert BackgroundJob.objects.filter(kind=learning.LEARN).count() == 1


def test_an_administrator_goes_back_with_a_reason(desk):
    first, second = keep(), keep()

    assert "请写明启用的原因" in press(desk, "use", number=first.pk)
    for odd in ("x", "9" * 5000, "٣"):
        assert "没有这一次学习" in press(desk, "use", number=odd, reason="试")
    page = press(desk, "use", number=first.pk, reason="新的分错了渗水")

    assert "已启用" in page
    assert "新的分错了渗水" in page
    assert "200 条中对 196 条" in page
    assert "达不到承诺" in page
    second.refresh_from_db()
    assert second.status == "REPLACED"
    assert "已恢复自动更新" in press(desk, "release")
    assert "请写明停用的原因" in press(desk, "stop")
    assert "已回到第一天" in press(desk, "stop", reason="看看原来的")
    assert not LearntModel.objects.filter(status="IN_USE").exists()


def test_why_one_was_not_used_is_said(desk):
    keep()
    keep(worse="在近 30 天的需求上不如现用的：60 条中对 20 条，现用的对 50 条")

    assert "现用的对 50 条" in desk.get("/console/learning/").content.decode()


def test_only_administrators_find_it(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)

    assert client.get("/console/learning/").status_code == 404
    assert client.post("/console/learning/act/", {"verb": "start"}).status_code == 404


def test_what_was_only_accepted_is_told_apart(desk):
    row = keep()
    LearntModel.objects.filter(pk=row.pk).update(figures={**row.figures, "let_pass": 77})

    page = desk.get("/console/learning/").content.decode()

    assert "300 条已确认的需求" in page
    assert "另有 77 条只受理、未核对的，只作参考" in page
    assert "不算确认" in page
