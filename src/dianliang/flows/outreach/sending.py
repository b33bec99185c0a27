"""Send what is due, in the background: in pieces, at the channel's pace, not at night.

One job of an outreach does the sending; it ends when it has to wait, and leaves a later one behind.
A batch is taken and written down, then handed over outside of any transaction, then written down
as handed over. Killed in between, the next job finds the batch in doubt and asks the channel again
under the same numbers: nobody gets a message twice, nobody is forgotten.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.module_loading import import_string

from dianliang.core import jobs
from dianliang.domain.outreach.lifecycle import HANDED
from dianliang.domain.outreach.models import Batch, Channel, Outreach, Round
from dianliang.domain.outreach.operations import outreach as operations
from dianliang.domain.outreach.operations import sending
from dianliang.flows.outreach.words import letters
from dianliang.integrations.messaging.model import (
    Carrier,
    ChannelDownError,
    ChannelRefusedError,
)
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, StaleStateError

SEND = "outreach.send"
MOST_ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=10)
PACE_WAIT = timedelta(seconds=5)


def enqueue(
    outreach: Outreach, *, by: Actor, at: datetime, run_after: datetime | None = None
) -> None:
    """Let a job go on with an outreach, in the caller's transaction: one more than came before."""
    Outreach.objects.filter(pk=outreach.pk).update(jobs=F("jobs") + 1)
    serial = Outreach.objects.values_list("jobs", flat=True).get(pk=outreach.pk)
    jobs.enqueue(
        SEND,
        {"number": outreach.number, "serial": serial},
        by=by,
        at=at,
        run_after=run_after,
        key=f"{SEND}:{outreach.number}:{serial}",
    )


def _give_up(context: jobs.JobContext) -> None:
    outreach = Outreach.objects.filter(number=context.payload["number"]).first()
    if outreach is not None and outreach.status == "SENDING":
        _stop(outreach, "发送程序多次出错，请看日志后继续。", at=context.clock())


@jobs.handler(SEND, given_up=_give_up)
def send(context: jobs.JobContext) -> dict[str, Any] | None:
    """Plan and hand over until all is out, or something makes us wait."""
    handed = 0
    while True:
        outreach = Outreach.objects.select_related("unit").get(number=context.payload["number"])
        # Of two jobs the later one goes on: pressed "pause" and "resume", there are two.
        if outreach.status != "SENDING" or outreach.jobs != context.payload["serial"]:
            break
        round_ = outreach.rounds.select_related("channel", "wording").order_by("-serial")[0]
        at = context.clock()
        if not round_.channel.is_active:
            _stop(outreach, f"通道“{round_.channel}”已停用，启用后请继续。", at=at)
            break
        _plan(round_, context)
        at = context.clock()
        wait = until_open(outreach, at=at)
        if wait is not None:
            _later(outreach, wait, at=at)
            break
        batch = _next(round_, context)
        if batch is None:
            break
        if batch.channel.kind == Channel.Kind.FILE:
            continue  # whoever fetches the file hands it over
        if not _hand_over(outreach, batch, context):
            break
        handed += batch.size
    return {"handed": handed}


def _plan(round_: Round, context: jobs.JobContext) -> None:
    after = 0
    last = round_.deliveries.order_by("-recipient_id").values_list("recipient_id", flat=True)
    while True:
        reached, new = sending.plan_chunk(round_, after=max(after, last.first() or 0))
        if reached == after or not new:
            return
        after = reached
        context.progress(0.0, f"第 {round_.serial} 轮编排中")


def until_open(outreach: Outreach, *, at: datetime) -> datetime | None:
    """Return when the quiet hours end, or None outside of them. They may pass midnight."""
    here = at.astimezone(SHANGHAI)
    now, start, end = here.time(), outreach.quiet_from, outreach.quiet_until
    is_quiet = start <= now < end if start < end else now >= start or now < end
    if not is_quiet:
        return None
    opens = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return opens if opens > here else opens + timedelta(days=1)


def _next(round_: Round, context: jobs.JobContext) -> Batch | None:
    """Return the batch to hand over next: one in doubt first, else one that is taken now."""
    at = context.clock()
    if round_.channel.kind != Channel.Kind.FILE:
        doubtful = sending.in_doubt(round_)
        if doubtful is not None:
            return _settled(doubtful, at=at)
    batch = sending.claim(round_, at=at)
    if batch is None and round_.deliveries.filter(stage=0, failure="").exists():
        _later(round_.outreach, at + PACE_WAIT, at=at)
    return batch


def _settled(batch: Batch, *, at: datetime) -> Batch | None:
    """Return a batch in doubt, or None while another job may still be handing it over."""
    if batch.tried_at is None or batch.trouble or at - batch.tried_at >= jobs.LEASE:
        return batch
    _later(batch.round.outreach, batch.tried_at + jobs.LEASE, at=at)
    return None


@transaction.atomic
def _later(outreach: Outreach, run_after: datetime, *, at: datetime) -> None:
    enqueue(outreach, by=SYSTEM, at=at, run_after=run_after)


def carrier_of(channel: Channel, context: jobs.JobContext) -> Carrier:
    """Return what hands messages over for a channel, named in the settings by its kind."""
    make = import_string(settings.OUTREACH_CARRIERS[channel.kind])
    more = {"clock": context.clock} if channel.kind == Channel.Kind.WEBHOOK else {}
    made: Carrier = make(
        url=channel.address, secret=channel.secret, trusted=settings.OUTREACH_HOSTS, **more
    )
    return made


def _share(round_: Round) -> float:
    over = ~Q(failure="") | Q(stage__gte=HANDED)
    found = round_.deliveries.aggregate(all=Count("pk"), over=Count("pk", filter=over))
    return float(found["over"] / max(1, found["all"]))


def _hand_over(outreach: Outreach, batch: Batch, context: jobs.JobContext) -> bool:
    """Hand a batch over; False if the job is to end."""
    batch = Batch.objects.select_related("round__outreach__unit", "round__wording", "channel").get(
        pk=batch.pk
    )
    if not sending.try_again(batch, at=context.clock()):
        return True
    # Renews the lease: nobody else tries meanwhile.
    context.progress(_share(batch.round), f"{batch.number} 移交中")
    messages, left_out = letters(batch)
    sending.skip(left_out, batch=batch, at=context.clock())
    try:
        outcome = carrier_of(batch.channel, context).hand_over(
            batch.number, messages, again=batch.attempts > 1
        )
    except ChannelDownError as trouble:
        return _wait(outreach, batch, trouble.message, at=context.clock())
    except (ChannelRefusedError, InvalidInputError) as refusal:
        at = context.clock()
        if batch.attempts == 1:
            sending.take_back(batch, words=refusal.message, at=at)
        else:  # an earlier attempt may have got through: a person looks
            sending.troubled(batch, words=refusal.message)
        _stop(outreach, refusal.message, at=at)
        return False
    sending.handed(batch, refused=outcome.refused, by=SYSTEM, at=context.clock())
    return True


def _wait(outreach: Outreach, batch: Batch, words: str, *, at: datetime) -> bool:
    sending.troubled(batch, words=words)
    if batch.attempts >= MOST_ATTEMPTS and batch.attempts % MOST_ATTEMPTS == 0:
        _stop(outreach, words, at=at)
        return False
    wait = min(FIRST_WAIT * 2 ** (batch.attempts - 1), LONGEST_WAIT)
    _later(outreach, at + wait, at=at)
    return False


def _stop(outreach: Outreach, words: str, *, at: datetime) -> None:
    """Pause an outreach that cannot go on by itself, with what a person should look at."""
    outreach.refresh_from_db()
    if outreach.status != "SENDING":
        return
    try:
        operations.move(
            outreach=outreach, verb="pause", reason=words, trouble=words, by=SYSTEM, at=at
        )
    except StaleStateError:  # somebody paused it in this moment
        return
