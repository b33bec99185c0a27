"""A source that asks too often is slowed down with a way on; only what is stored was counted."""

import re

import pytest
from django.urls import reverse

from dianliang.core.models import RateWindow
from dianliang.domain.intake.models import Need
from dianliang.faces.portal import asking, challenge

FORM = {"key": "k" * 32, "kind": "resident"}


def send(client, **values):
    return client.post(reverse("portal:post"), {**FORM, **values})


def page(answer):
    return answer.content.decode()


def test_without_scripts_a_sum_opens_the_way_once(client, town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    held = send(client, text="路灯坏了", area_code="V1")
    a, b = map(int, re.search(r"(\d+) \+ (\d+) = \?", page(held)).groups())
    seal = re.search(r'name="sum_seal" value="([^"]+)"', page(held)).group(1)
    asked = {"text": "路灯坏了", "area_code": "V1", "confirmed": "1", "sum_seal": seal}

    assert send(client, **asked, sum=str(a + b + 1)).status_code == 429
    assert send(client, **asked, sum=f" {a + b} ").status_code == 302
    assert send(client, **asked, sum=str(a + b), key="y" * 32).status_code == 429


def posts_counted():
    return sum(RateWindow.objects.filter(key__startswith="post:").values_list("count", flat=True))


def test_what_is_not_stored_does_not_count(client, town):
    assert send(client, text="路灯坏了", area_code="V1").status_code == 302
    used = send(client, text="另一件事，墙裂了", area_code="V1")

    assert used.status_code == 422
    assert "这次的内容不同" in page(used)
    assert posts_counted() == 1


def test_who_sends_the_same_again_is_answered_and_not_counted(client, town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 1)
    answers = [send(client, text="路灯坏了", area_code="V1") for _ in range(3)]

    assert [(a.status_code, a.url) for a in answers] == [(302, answers[0].url)] * 3
    assert Need.objects.count() == 1
    assert posts_counted() == 1


def test_a_proof_is_not_used_up_by_what_was_refused(client, town, monkeypatch, noon):
    send(client, text="路灯坏了", area_code="V1")
    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    sum_ = challenge.fresh_sum(at=noon.replace(year=2099))
    a, b = map(int, re.findall(r"\d+", sum_["question"]))
    proof = {"sum_seal": sum_["seal"], "sum": str(a + b), "area_code": "V1", "confirmed": "1"}

    assert send(client, text="另一件事，墙裂了", **proof).status_code == 422
    assert send(client, text="另一件事，墙裂了", key="y" * 32, **proof).status_code == 302


def test_who_joins_again_is_answered_and_not_counted(client, town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 1)
    number = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1").number
    codes = [
        client.post(f"/join/{number}/", {**FORM, "text": "我也看到了"}).status_code
        for _ in range(3)
    ]

    assert codes == [302, 302, 302]
    assert posts_counted() == 1


def test_a_joiner_who_is_slowed_down_goes_on_to_join(client, town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    number = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1").number

    held = client.post(f"/join/{number}/", {**FORM, "text": "我也看到了"})

    assert held.status_code == 429
    assert f'action="/join/{number}/"' in page(held)
    assert "我也看到了" in page(held)


def test_sums_are_not_a_way_for_a_flood(client, town, monkeypatch, noon):
    monkeypatch.setattr(challenge, "MOST_SUMS", 2)
    opened = []
    for _ in range(4):
        asked = challenge.fresh_sum(at=noon)
        a, b = map(int, re.findall(r"\d+", asked["question"]))
        opened.append(challenge.is_sum_right(asked["seal"], str(a + b), source="flood", at=noon))

    assert opened == [True, True, False, False]


@pytest.mark.parametrize("proof", ["x", "\0", "eyJudW1iZXIiOiAxZTk5OX0=", "W10=", "a" * 9000])
def test_a_forged_proof_is_no_proof(client, town, monkeypatch, proof):
    monkeypatch.setattr(asking, "MOST_POSTS", 0)

    answer = send(client, text="路灯坏了", area_code="V1", altcha=proof, sum_seal=proof, sum="5")

    assert answer.status_code == 429
