"""A stream that is read later than it was sent is told; one whose clock runs badly is not."""

import pytest

from dianliang.integrations.cameras.lag import MOST_LAG_S, Lag


def first_behind(packets):
    """Return the number of the first packet that is behind; None for none."""
    lag = Lag()
    late = (
        n
        for n, (sent_s, asked_s, now_s) in enumerate(packets)
        if lag.is_behind(sent_s=sent_s, asked_s=asked_s, now_s=now_s)
    )
    return next(late, None)


def test_who_reads_at_half_the_pace_is_behind_after_twenty_seconds():
    packets = [(n / 5, 2 * n / 5 - 0.39, 2 * n / 5 - 0.38) for n in range(200)]
    found = first_behind(packets)

    assert packets[found][2] == pytest.approx(2 * MOST_LAG_S, abs=0.5)


@pytest.mark.parametrize("pace", [0.5, 0.999, 1.0, 1.001, 2.0])
def test_a_camera_whose_own_clock_runs_badly_is_never_behind_while_we_wait_for_it(pace):
    assert first_behind((pace * n / 5, n / 5 - 0.15, n / 5) for n in range(3000)) is None


def test_what_a_server_sends_at_once_in_the_beginning_is_not_behind():
    burst = [(n / 25, 0.001 * n, 0.001 * n) for n in range(50)]
    after = [(2 + n / 25, 0.05 + n / 25, 0.09 + n / 25) for n in range(500)]

    assert first_behind([*burst, *after]) is None
