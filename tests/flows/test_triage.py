"""Triage in the product: quick from the first need on, taught beside by decisions."""

import time
from itertools import pairwise

import pytest

from dianliang.engines import triage as engine
from dianliang.flows import triage
from tests import town as town_builder

pytestmark = pytest.mark.django_db


def test_nobody_waits_for_what_decisions_teach(monkeypatch):
    town_builder.build()
    taught = engine.Example(text="家里没电了", service_code="outage")
    known = triage._knowledge()
    slow, real = [], engine.Triage

    def learn(knowledge):
        if knowledge.examples:
            time.sleep(0.5)
            slow.append(knowledge)
        return real(knowledge)

    monkeypatch.setattr(triage, "_kept", None)
    monkeypatch.setattr(triage.engine, "Triage", learn)
    monkeypatch.setattr(triage, "_knowledge", lambda: triage.replace(known, examples=(taught,)))

    began = time.monotonic()
    first = triage.prepared()
    waited = time.monotonic() - began
    with triage._learning:
        pass

    assert waited < 0.4
    assert slow
    assert triage.prepared() is not first


def test_lessons_come_less_often_the_more_is_known():
    steps = [
        number
        for number in range(1, 30_000)
        if triage._lessons(number) > triage._lessons(number - 1)
    ]

    gaps = [later - earlier for earlier, later in pairwise(steps)]
    assert gaps[0] == triage.RELEARN_EVERY
    assert gaps[-1] > 1000
    assert all(triage._lessons(a) <= triage._lessons(a + 1) for a in range(5000))
