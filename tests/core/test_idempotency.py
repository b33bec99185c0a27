"""The same key acts once, whatever is pressed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dianliang.core import idempotency
from dianliang.core.models import IdempotencyRecord
from dianliang.core.numbers import next_number
from dianliang.kernel.errors import InvalidInputError, KeyReusedError

pytestmark = pytest.mark.django_db


def test_a_repeated_key_gets_the_first_answer_and_acts_once(noon):
    acts = []

    def act():
        acts.append(1)
        return {"number": "XQ1"}

    answers = [
        idempotency.once(scope="need", key="k" * 16, body={"text": "停电"}, at=noon, act=act)
        for _ in range(3)
    ]

    assert answers == [{"number": "XQ1"}] * 3
    assert acts == [1]


def test_the_same_key_with_another_body_is_refused(noon):
    idempotency.once(scope="need", key="k" * 16, body={"a": 1}, at=noon, act=dict)

    with pytest.raises(KeyReusedError):
        idempotency.once(scope="need", key="k" * 16, body={"a": 2}, at=noon, act=dict)


@pytest.mark.django_db(transaction=True)
def test_a_failed_act_leaves_the_key_free_for_the_next_try(noon):
    def fail():
        raise InvalidInputError("缺内容。")

    with pytest.raises(InvalidInputError):
        idempotency.once(scope="need", key="k" * 16, body={}, at=noon, act=fail)

    assert not IdempotencyRecord.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "k" * 81])
def test_keys_of_odd_length_are_refused(noon, key):
    with pytest.raises(InvalidInputError):
        idempotency.once(scope="need", key=key, body={}, at=noon, act=dict)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_refused_the_second_time", [False, True])
def test_simultaneous_senders_get_the_first_answer_and_leave_no_gap_in_the_numbers(
    noon, is_refused_the_second_time
):
    start = threading.Barrier(6)

    def act():
        number = next_number("XQ", at=noon)
        if is_refused_the_second_time and number != "XQ261124-0001":
            raise InvalidInputError("已经办过了。")
        return {"number": number}

    def send(_):
        start.wait()
        try:
            return idempotency.once(scope="need", key="k" * 16, body={}, at=noon, act=act)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))

    assert answers == [{"number": "XQ261124-0001"}] * 6
    assert next_number("XQ", at=noon) == "XQ261124-0002"
