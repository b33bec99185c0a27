"""Warnings of our own: what is sent can be read by ourselves, drills are nobody's news."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.incidents.models import Bulletin
from dianliang.domain.incidents.operations.bulletins import UnableToIssueError
from dianliang.flows.alerts import reading
from dianliang.flows.alerts.taking import take_one
from dianliang.flows.incidents import bulletin_pages as pages
from dianliang.flows.incidents import bulletins as flow
from dianliang.integrations import cap
from dianliang.integrations.cap.feed import entries
from dianliang.integrations.cap.model import Certainty, MessageType, Severity, Status, Urgency
from dianliang.kernel.errors import InvalidInputError
from tests.flows.incidents.things import RING, opened, warning
from tests.town import NOON

pytestmark = pytest.mark.django_db
words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
    min_size=2,
    max_size=60,
).filter(lambda text: len(text.strip()) >= 2)


def issue(town, incident, *, at=NOON, **changed):
    return flow.issue(number=incident.number, asked=warning(**changed), by=town.actor("S1"), at=at)


@given(
    headline=words,
    description=words,
    severity=st.sampled_from(Severity),
    urgency=st.sampled_from(Urgency),
    certainty=st.sampled_from(Certainty),
    minutes=st.integers(1, 14 * 24 * 60),
    is_drill=st.booleans(),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_sent_is_what_is_read(
    town, headline, description, severity, urgency, certainty, minutes, is_drill
):
    incident = opened(town, shapes=f"{RING}\n圆 30.6,119.5 8", is_drill=is_drill)
    made = issue(
        town,
        incident,
        headline=headline,
        description=description,
        severity=severity,
        urgency=urgency,
        certainty=certainty,
        expires_at=NOON + timedelta(minutes=minutes),
    )
    read = cap.read(bytes(made.content))
    (info,) = read.infos

    assert cap.write(read) == bytes(made.content)
    assert (read.identifier, read.sender, read.sent_at) == (made.number, made.sender, made.sent_at)
    assert (info.headline, info.description) == (made.headline, made.description)
    assert (info.severity, info.urgency, info.certainty) == (severity, urgency, certainty)
    assert (read.status == Status.EXERCISE) == is_drill == info.headline.startswith("【演练】")
    assert [area.description for area in info.areas] == [zone["words"] for zone in made.zones]


def test_updates_and_cancellations_name_all_that_went_before_and_our_own_reader_follows(town):
    incident = opened(town)
    first = issue(town, incident)
    second = issue(
        town, incident, message_type="Update", answers=first.number, at=NOON + timedelta(hours=1)
    )
    third = issue(
        town, incident, message_type="Cancel", answers=second.number, at=NOON + timedelta(hours=2)
    )
    named = [one.identifier for one in cap.read(bytes(third.content)).references]
    by, at = town.actor("S2"), NOON + timedelta(hours=3)
    taken = [take_one(content=bytes(one.content), by=by, at=at) for one in (third, first, second)]
    standing = [reading.page(number=one.number, by=by, at=at).row.standing for one in taken]

    assert named == [first.number, second.number]
    assert standing == ["notice", "cancelled", "cancelled"]
    labels = [one.standing_label for one in pages.listed(by=town.actor("S1"), at=at)]
    assert labels == ["仅通知", "已解除", "已被更新"]


def test_a_message_is_answered_once_and_a_new_one_needs_a_period(town):
    incident = opened(town)
    first = issue(town, incident)
    issue(town, incident, message_type="Update", answers=first.number)
    with pytest.raises(UnableToIssueError, match="已由"):
        issue(town, incident, message_type="Cancel", answers=first.number)
    with pytest.raises(InvalidInputError, match="请选择更新或解除哪一条"):
        issue(town, incident, message_type="Cancel")
    with pytest.raises(InvalidInputError, match="有效期"):
        issue(town, incident, expires_at=NOON - timedelta(hours=1))
    assert Bulletin.objects.count() == 2


def test_the_feed_lists_what_is_real_and_hides_drills(town):
    real = issue(town, opened(town))
    drill = issue(town, opened(town, is_drill=True), headline="停" * flow.HEADLINE)
    issue(
        town, drill.incident, message_type="Update", answers=drill.number, headline=drill.headline
    )
    listed = entries(pages.public_feed(url="https://dl.example.cn/api/alerts.atom", at=NOON))

    assert [one.url for one in listed] == [f"https://dl.example.cn/api/alerts/{real.number}.xml"]
    assert pages.public_file(number=real.number) == bytes(real.content)
    assert pages.public_file(number=drill.number) is None
    assert cap.read(bytes(drill.content)).scope == "Restricted"
    assert cap.read(bytes(real.content)).message_type == MessageType.ALERT
