"""What a channel answers is read as far as it makes sense."""

from dianliang.integrations.messaging.model import Outcome
from dianliang.integrations.messaging.wire import outcome


def test_of_an_odd_answer_only_what_names_a_message_counts():
    rows = [{"id": ["M1"]}, {"id": "M1", "reason": "空号\0\ud800"}, {"id": "M9"}, 7]

    assert outcome({"refused": rows}, numbers={"M1"}) == Outcome(refused={"M1": "空号"})
