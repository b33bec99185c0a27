"""Sending: nobody gets a message twice, nobody is forgotten, whatever breaks where."""

import contextlib
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.outreach.models import Batch, Delivery, Outreach, Recipient
from dianliang.domain.outreach.operations import channels
from dianliang.domain.outreach.operations import sending as operations
from dianliang.domain.outreach.operations.outreach import UnableToReachError
from dianliang.domain.outreach.operations.sending import UnableToHandOverError
from dianliang.domain.outreach.queries import progress
from dianliang.flows.outreach import answering, audience, handoff, leading, sending
from dianliang.integrations.messaging import signing
from dianliang.kernel.errors import StaleStateError
from tests.outreachworld import (
    FILE,
    SECRET,
    SMS,
    WEBHOOK,
    channel,
    clerk,
    drafted,
    firms,
    gateway,
    phone,
    released,
    run,
    run_all,
)
from tests.town import NOON

FIRMS = 10


@pytest.fixture(scope="module")
def server():
    with gateway() as made:
        yield made


@pytest.fixture
def way(server, settings, town):
    """A gateway that has forgotten what other tests sent."""
    server.taken.clear()
    server.phones.clear()
    server.by_batch.clear()
    server.calls.clear()
    server.failures, server.loses, server.refuse = [], 0, frozenset()
    settings.OUTREACH_HOSTS = [server.host]
    return server


class PowerCutError(BaseException):
    """The process is gone: nothing of it runs any more."""


@given(
    kind=st.sampled_from([WEBHOOK, SMS]),
    cuts=st.lists(st.sampled_from(["before", "after", "written"]), max_size=3),
    lost=st.integers(0, 2),
    down=st.lists(st.sampled_from([500, 503, 429]), max_size=2),
)
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_everybody_gets_one_message_wherever_the_power_is_cut(town, server, kind, cuts, lost, down):
    with transaction.atomic(), override_settings(OUTREACH_HOSTS=[server.host]):
        server.taken.clear()
        server.phones.clear()
        server.by_batch.clear()
        server.failures, server.loses, server.refuse = list(down), lost, frozenset()
        firms(town, FIRMS)
        channel(kind, server.port)
        outreach = released(town, kind)
        at = NOON
        for cut in cuts:
            with pytest.MonkeyPatch.context() as patch:
                _cut(patch, cut)
                with contextlib.suppress(PowerCutError):
                    run(at)
            at += jobs.LEASE + timedelta(seconds=1)
        at = run_all(at)

        assert set(server.taken.values()) == {1}
        assert server.phones == {phone(n): 1 for n in range(1, FIRMS + 1)}
        assert set(Recipient.objects.values_list("stage", flat=True)) == {2}
        outreach.refresh_from_db()
        assert (outreach.status, outreach.trouble) == ("SENDING", "")
        transaction.set_rollback(True)


def _cut(patch, where):
    """Let the process die before it asks, after it was answered, or once that is written down."""
    real = sending.carrier_of

    class Cut:
        def __init__(self, carrier):
            self.carrier = carrier

        def hand_over(self, *args, **more):
            if where == "before":
                raise PowerCutError
            found = self.carrier.hand_over(*args, **more)
            if where == "after":
                raise PowerCutError
            return found

    patch.setattr(sending, "carrier_of", lambda *args: Cut(real(*args)))
    if where == "written":
        handed = operations.handed

        def then_die(*args, **more):
            handed(*args, **more)
            raise PowerCutError

        patch.setattr(operations, "handed", then_die)


def test_a_push_is_signed_and_says_what_its_reader_is_to_know(town, way):
    firms(town, 1)
    channel(WEBHOOK, way.port)
    outreach = released(town, WEBHOOK)

    run_all(NOON)

    ((path, headers, body),) = way.calls
    (message,) = json.loads(body)["messages"]
    assert path == "/hook"
    assert headers["Idempotency-Key"] == Batch.objects.get().number
    assert signing.is_signed(body, headers[signing.HEADER], secret=SECRET, at=NOON)
    assert message["id"] == f"{outreach.number}-1-1"
    assert message["text"].startswith("第1竹业厂您好，供电公司告知")
    assert message["link"] in message["text"]


def test_firms_that_share_a_telephone_get_one_message_and_count_each(town, way):
    made = firms(town, 3)
    type(made[0]).objects.filter(pk__in=[made[0].pk, made[1].pk]).update(phone=phone(1))
    channel(WEBHOOK, way.port)
    outreach = released(town, WEBHOOK)

    run_all(NOON)

    page = progress.page(outreach.number, by=clerk(town))
    handed = next(figure for figure in page.figures if figure.label == "已移交")
    assert (way.phones, page.phones) == ({phone(1): 1, phone(3): 1}, 2)
    assert (handed.firms, handed.messages) == (3, 2)


def test_who_said_no_gets_nothing_not_even_when_he_says_it_after_the_release(town, way):
    firms(town, 3)
    channel(WEBHOOK, way.port)
    by = clerk(town)
    refuse = {"agrees": False, "how": "phone", "words": "", "by": by, "at": NOON}
    leading.wish(phone=phone(1), **refuse)
    outreach = released(town, WEBHOOK)
    leading.wish(phone=phone(2), **refuse)

    run_all(NOON)

    assert way.phones == {phone(3): 1}
    page = progress.page(outreach.number, by=by)
    assert page.excluded == (("opted_out", "已拒收", 1),)
    assert Delivery.objects.get(failure__gt="").failure == "已拒收"


def test_where_consent_is_the_basis_only_who_agreed_is_written_to(town, way):
    firms(town, 2)
    channel(WEBHOOK, way.port)
    leading.wish(phone=phone(2), agrees=True, how="paper", words="", by=clerk(town), at=NOON)
    released(town, WEBHOOK, basis="consent")

    run_all(NOON)

    assert way.phones == {phone(2): 1}


def test_nothing_leaves_at_night_nor_faster_than_the_channel_bears(town, way):
    firms(town, FIRMS)
    channel(WEBHOOK, way.port, per_minute=4)
    evening = NOON + timedelta(hours=9)
    released(town, WEBHOOK, at=evening)

    run_all(evening, for_=timedelta(hours=10))
    assert not way.taken
    morning = evening + timedelta(hours=11)
    run_all(morning, for_=timedelta(seconds=30))
    assert sum(way.taken.values()) == 4

    run_all(morning + timedelta(seconds=30))

    assert sum(way.taken.values()) == FIRMS


def test_a_second_round_goes_only_to_those_not_reached(town, way):
    firms(town, 4)
    way.refuse = frozenset({phone(2)})
    channel(WEBHOOK, way.port)
    outreach = released(town, WEBHOOK)
    by = clerk(town)
    at = run_all(NOON)
    assert Delivery.objects.get(failure__gt="").failure == "空号"
    again = {"number": outreach.number, "channel": "C-webhook", "reason": "补发", "by": by}
    way.refuse = frozenset()

    leading.resend(**again, silent_h=None, at=at)
    at = run_all(at)

    assert way.phones == {phone(n): 1 for n in range(1, 5)}
    with pytest.raises(UnableToReachError, match="没有需要补发"):
        leading.resend(**again, silent_h=48, at=at)


def test_a_channel_that_says_no_stops_the_outreach_and_loses_nothing(town, way):
    firms(town, 4)
    channel(WEBHOOK, way.port)
    outreach = released(town, WEBHOOK)
    way.failures = [401]

    at = run_all(NOON)

    outreach.refresh_from_db()
    assert outreach.status == "PAUSED"
    assert "401" in outreach.trouble
    assert not way.taken

    leading.move(number=outreach.number, verb="resume", reason="密钥已改", by=clerk(town), at=at)
    run_all(at)

    assert sum(way.taken.values()) == 4


def test_what_has_ended_is_neither_worded_nor_sent_anew_from_a_stale_page(town):
    firms(town, 1)
    way = channel(FILE)
    outreach = released(town, FILE)
    by = clerk(town)
    stale = Outreach.objects.get()
    leading.move(number=outreach.number, verb="close", reason="到此为止", by=by, at=NOON)

    with pytest.raises(UnableToReachError, match="已经结束"):
        leading.operations.word(outreach=stale, kind=FILE, text="再改一版", by=by, at=NOON)
    stale.status = "SENDING"
    with pytest.raises(UnableToReachError, match="发送中或暂停"):
        leading.operations.resend(
            outreach=stale,
            channel=way,
            wording=stale.wordings.get(),
            silent_before=None,
            words="补发",
            by=by,
            at=NOON,
        )


def test_nothing_leaves_while_it_is_paused_or_its_channel_is_off(town):
    firms(town, 5)
    way = channel(FILE)
    outreach = released(town, FILE)
    step = {"number": outreach.number, "by": clerk(town), "at": NOON}
    fetch = {**step, "number": f"{outreach.number}-1-B001", "form": "csv"}
    assert run(NOON)
    leading.move(**step, verb="pause", reason="等一等")

    with pytest.raises(UnableToHandOverError, match="已暂停"):
        handoff.fetch(**fetch)
    channels.switch(channel=way, is_active=False, by=step["by"], at=NOON)
    leading.move(**step, verb="resume", reason="继续")
    assert run(NOON)

    outreach.refresh_from_db()
    assert (outreach.status, "已停用" in outreach.trouble) == ("PAUSED", True)
    assert not Batch.objects.exclude(handed_at=None).exists()


def test_who_drafted_it_does_not_release_it(town):
    firms(town, 1)
    channel(FILE)
    outreach = drafted(town, FILE)
    sending_by = clerk(town)
    audience.prepare(number=outreach.number, by=sending_by, at=NOON)
    assert run(NOON)

    with pytest.raises(UnableToReachError, match="另一人"):
        leading.release(number=outreach.number, channel="C-file", by=sending_by, at=NOON)
    with pytest.raises(StaleStateError, match="文案刚有改动"):
        leading.release(number=outreach.number, channel="C-file", seen=0, by=sending_by, at=NOON)

    assert Outreach.objects.get().status == "READY"


def test_an_audience_that_was_cut_off_is_gone_on_with(town, monkeypatch):
    firms(town, 9)
    outreach = drafted(town, FILE)
    monkeypatch.setattr(audience, "CHUNK", 4)
    audience.prepare(number=outreach.number, by=clerk(town), at=NOON)
    real, times = audience.operations.add_chunk, iter(range(9))

    def dies(**more):
        if next(times) == 1:
            raise PowerCutError
        return real(**more)

    monkeypatch.setattr(audience.operations, "add_chunk", dies)
    with pytest.raises(PowerCutError):
        run(NOON)
    assert Recipient.objects.count() == 4

    assert run(NOON + jobs.LEASE + timedelta(seconds=1))

    assert Outreach.objects.get().status == "READY"
    assert sorted(Recipient.objects.values_list("serial", flat=True)) == list(range(1, 10))
    assert BackgroundJob.objects.get().error == ""
    assert BackgroundJob.objects.get().status == jobs.Status.DONE


def test_who_opts_out_while_the_file_is_made_is_not_in_it(town, monkeypatch):
    firms(town, 3)
    channel(FILE)
    outreach = released(town, FILE)
    assert run(NOON)
    read = handoff.letters

    def meanwhile(batch):
        found = read(batch)
        answering.opt_out(token=found[0][0].link.rsplit("/", 2)[1], agrees=False, at=NOON)
        return found

    monkeypatch.setattr(handoff, "letters", meanwhile)
    fetch = {"number": f"{outreach.number}-1-B001", "by": clerk(town), "at": NOON}
    printed = handoff.fetch(**fetch, form="csv").content.decode("utf-8-sig")
    messages = Delivery.objects.filter(round__outreach=outreach).order_by("pk")
    assert [one.number in printed for one in messages] == [False, True, True]
    assert [one.failure for one in messages] == ["已拒收", "", ""]
