"""A policy list and an outreach of station S1, for tests that look at every route."""

from typing import Any

from dianliang.domain.outreach.models import Outreach
from dianliang.domain.outreach.operations import sending
from dianliang.domain.policies.models import PolicyDuty, PolicyList
from dianliang.flows.outreach import audience, contacts, handoff, leading
from dianliang.flows.policies import keeping
from dianliang.kernel.actor import Actor, Role
from tests.core.test_files import photo
from tests.outreachworld import FILE, asked, channel, firms, table
from tests.town import NOON, Town


def listed(
    town: Town, *, unit: str = "AJ", by: Actor | None = None, short_name: str = "苏六条"
) -> PolicyList:
    """Publish a list of three measures: yes or no, a quantity, and counted from records."""
    by = by or town.actor(unit, Role.PARTY_AFFAIRS)
    made = keeping.begin(
        asked=keeping.Asked(
            title="支持企业复工复产若干措施",
            short_name=short_name,
            unit=unit,
            source="省公司",
            document_number="〔2026〕6 号",
            issued_on=NOON.date().replace(day=1),
            link="",
            paper=photo(),
        ),
        by=by,
        at=NOON,
    )
    for place, (title, kind, counts, word, least) in enumerate(
        (
            ("公布办理流程", "done", "", "", None),
            ("上门宣讲电价政策", "quantity", "", "户", 20),
            ("办结企业用电需求", "counted", "needs", "", 2),
        ),
        start=1,
    ):
        put = keeping.Put(
            position=place,
            title=title,
            words="",
            kind=kind,
            counts=counts,
            narrows="",
            unit_word=word,
            least=least,
            due_on=NOON.date().replace(month=12),
        )
        keeping.put(number=made.number, asked=put, by=by, at=NOON)
    keeping.publish(number=made.number, by=by, at=NOON)
    return made


def handed(
    town: Town, policy: PolicyList, *leads: str, by: Actor, helpers: tuple[str, ...] = ()
) -> list[PolicyDuty]:
    """Hand all measures of a list to units."""
    return keeping.hand_out(
        number=policy.number,
        positions=["1", "2", "3"],
        leads=list(leads),
        helpers=list(helpers),
        due_on=None,
        least=None,
        by=by,
        at=NOON,
    )


def objects(town: Town) -> dict[str, dict[str, Any]]:
    """Return one of each kind, all of station S1."""
    by = town.actor("S1", Role.PARTY_AFFAIRS)
    policy = listed(town, unit="S1", by=by)
    duty = handed(town, policy, "S1", by=by)[0]
    proof = keeping.prove(
        number=duty.number, text="张贴", quantity=None, record="", content=photo(), by=by, at=NOON
    )
    assert proof.file is not None
    outreach = fetched_next(town, by)
    return {
        "policy": {"number": policy.number, "verb": "drop", "form": "xlsx"},
        "policy duty": {"number": duty.number, "verb": "cancel", "token": proof.file.token},
        "outreach": {
            "number": outreach.number,
            "verb": "pause",
            "serial": 1,
            "batch": f"{outreach.number}-1-B001",
        },
    }


def fetched_next(town: Town, by: Actor) -> Outreach:
    """Release an outreach of a station whose first batch waits to be fetched as a file."""
    firms(town, 2)
    channel(FILE)
    made = leading.draft(asked=asked(unit="S1"), by=by, at=NOON)
    leading.word(number=made.number, kind=FILE, text="{名称}您好 {链接}", by=by, at=NOON)
    audience.write_now(number=made.number, by=by, at=NOON)
    second = town.actor("S1", Role.DISPATCHER)
    other = Actor(id="user:second", name="复核", role=second.role, unit_path=second.unit_path)
    round_ = leading.release(number=made.number, channel="C-file", by=other, at=NOON)
    sending.plan_chunk(round_, after=0)
    assert sending.claim(round_, at=NOON)
    return made


def tell(town: Town, *people: dict[str, str]) -> Outreach:
    """Hand one message to each of some contacts as a file."""
    by = town.actor("S1", Role.PARTY_AFFAIRS)
    channel(FILE)
    made = leading.draft(asked=asked(unit="S1", source="contacts"), by=by, at=NOON)
    leading.word(number=made.number, kind=FILE, text="{名称}您好 {链接}", by=by, at=NOON)
    rows = [{"对象编码": f"L{n}", "类别": "居民", **row} for n, row in enumerate(people)]
    contacts.bring(number=made.number, content=table(rows), by=by, at=NOON)
    other = Actor(id="user:second", name="复核", role=Role.DISPATCHER, unit_path=by.unit_path)
    round_ = leading.release(number=made.number, channel="C-file", by=other, at=NOON)
    sending.plan_chunk(round_, after=0)
    batch = sending.claim(round_, at=NOON)
    assert batch is not None
    handoff.fetch(number=batch.number, form="xlsx", by=by, at=NOON)
    return made
