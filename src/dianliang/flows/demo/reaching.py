"""A policy list with units at work on it, and an outreach with generated receipts.

Written through the same flows as by people, so that figures on pages are counted from records.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from dianliang.domain.outreach.models import Delivery, Outreach
from dianliang.domain.outreach.operations import channels, sending
from dianliang.domain.outreach.operations.receipts import Said, take_in
from dianliang.domain.policies.models import PolicyDuty
from dianliang.domain.work.models import Visit
from dianliang.flows.demo.county import County
from dianliang.flows.outreach import audience, leading
from dianliang.flows.policies import keeping
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI

DAY = timedelta(days=1)
MEASURES = (
    ("公布暂停、减容线上办理流程", "done", "", "", None, -10),
    ("走进企业宣讲临时性电价政策", "quantity", "", "户", 4, 20),
    ("把政策送到每一户企业", "counted", "reached", "户", 3, 20),
    ("办结企业和居民用电需求", "counted", "needs", "件", 5, 40),
    ("上门检查客户侧用电安全", "counted", "visits", "次", 3, 40),
    ("设立复工复产用电专窗", "done", "", "", None, -5),
)
"""After seed row 002-03 and 002-05; what units did about them is generated."""
TEXT = "{名称}：{单位}提醒，临时性电价政策可在线办理暂停、减容。了解并确认：{链接}"
RUNGS = ((0.06, -1, "空号"), (0.30, 3, ""), (0.62, 4, ""), (1.0, 5, ""))
"""Which share of messages came how far, as one might see it after two days."""


def build_reaching(county: County, *, by: Actor, rng: Random, at: datetime) -> None:
    """Write all of it."""
    clerk = replace(
        by,
        id="user:party",
        name="党建专责",
        role=Role.PARTY_AFFAIRS,
        unit_path=county.company.path,
        unit_code=county.company.code,
    )
    outreach = _outreach(county, clerk=clerk, rng=rng, at=at - 2 * DAY)
    _policies(county, outreach, clerk=clerk, at=at)


def _outreach(county: County, *, clerk: Actor, rng: Random, at: datetime) -> Outreach:
    """Tell all firms of a policy, by a file whose receipts came back."""
    second = replace(clerk, id="user:party2", name="党建主任")
    channels.set_up(
        code="SMS-FILE",
        name="短信平台（文件）",
        kind="file",
        address="",
        secret="",
        per_minute=3000,
        batch_size=2000,
        by=SYSTEM,
        at=at,
    )
    asked = leading.Asked(
        title="临时性电价政策宣贯",
        purpose="让企业知道暂停、减容怎样在线办",
        unit=county.company.code,
        basis="service",
        source="customers",
        wanted=audience.Wanted(kind="enterprise"),
        quiet_from="20:00",
        quiet_until="08:00",
    )
    made = leading.draft(asked=asked, by=clerk, at=at)
    leading.word(number=made.number, kind="file", text=TEXT, by=clerk, at=at)
    audience.write_now(number=made.number, by=clerk, at=at)
    round_ = leading.release(number=made.number, channel="SMS-FILE", by=second, at=at)
    sending.plan_chunk(round_, after=0)
    batch = sending.claim(round_, at=at)
    if batch is not None:
        sending.fetched(batch, by=clerk, at=at)
    _receive(rng, number=made.number, at=at)
    Outreach.objects.filter(pk=made.pk).update(is_generated=True)
    return made


def _receive(rng: Random, *, number: str, at: datetime) -> None:
    said = []
    for message in Delivery.objects.filter(round__outreach__number=number).order_by("pk"):
        dice = rng.random()
        stage, reason = next((s, why) for most, s, why in RUNGS if dice <= most)
        when = at + timedelta(minutes=rng.randint(1, 600))
        rungs = [stage] if stage < 0 else range(3, stage + 1)
        said += [Said(number=message.number, stage=s, said_at=when, reason=reason) for s in rungs]
    take_in(said, source="file", source_ref="演示回执", by=SYSTEM, at=at + DAY)


def _policies(county: County, outreach: Outreach, *, clerk: Actor, at: datetime) -> None:
    """Publish a list of six measures, hand it to the stations, and let some be done."""
    today = at.astimezone(SHANGHAI).date()
    policy = keeping.begin(
        asked=keeping.Asked(
            title="支持企业复工复产保电惠企六条措施",
            short_name="惠企六条（演示）",
            unit=county.company.code,
            source="省电力公司（演示）",
            document_number="〔演示〕6 号",
            issued_on=today - 40 * DAY,
            link="",
            paper=None,
        ),
        by=clerk,
        at=at - 40 * DAY,
    )
    for place, (title, kind, counts, word, least, due) in enumerate(MEASURES, start=1):
        put = keeping.Put(
            position=place,
            title=title,
            words="",
            kind=kind,
            counts=counts,
            narrows=outreach.number if counts == "reached" else "",
            unit_word=word,
            least=least,
            due_on=today + due * DAY,
        )
        keeping.put(number=policy.number, asked=put, by=clerk, at=at - 40 * DAY)
    keeping.publish(number=policy.number, by=clerk, at=at - 39 * DAY)
    stations = county.stations[:6]
    duties = keeping.hand_out(
        number=policy.number,
        positions=[str(n) for n in range(1, len(MEASURES) + 1)],
        leads=[station.code for station in stations],
        helpers=[county.company.code],
        due_on=None,
        least=None,
        by=clerk,
        at=at - 38 * DAY,
    )
    for place, duty in enumerate(duties):
        if place % 7 < 5:
            _do(duty, place, clerk=clerk, at=at - (place % 20) * DAY)
    type(policy).objects.filter(pk=policy.pk).update(is_generated=True)
    policy.duties.update(is_generated=True)


def _do(duty: PolicyDuty, place: int, *, clerk: Actor, at: datetime) -> None:
    """Let a station show what it did and report it; most is approved by the company."""
    station = replace(
        clerk,
        id=f"user:station-{duty.unit.code}",
        name=f"{duty.unit.name}专责",
        unit_path=duty.unit.path,
        unit_code=duty.unit.code,
    )
    visit = Visit.objects.filter(job__unit=duty.unit, status="DONE").order_by("pk").first()
    if duty.measure.kind != "counted":
        if visit is None:
            return
        keeping.prove(
            number=duty.number,
            text="上门时送去政策明白纸（演示）",
            quantity=duty.least if duty.measure.kind == "quantity" else None,
            record=visit.number,
            content=None,
            by=station,
            at=at,
        )
    keeping.report(number=duty.number, reason="按现有记录报送（演示）", by=station, at=at)
    if place % 7 < 4:
        keeping.decide(number=duty.number, verb="approve", reason="同意", by=clerk, at=at)
