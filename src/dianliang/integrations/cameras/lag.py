"""Tell whether a live stream is read later than it is sent: the computer cannot keep up.

What nobody had time to read waits in buffers of the network, a minute of it and more; each picture
would then be taken for one of now. A stream that is behind is opened anew, which drops the rest.
"""

MOST_LAG_S = 10.0
WAITED_S = 0.1
"""Whoever waited so long for a packet has read all there was."""


class Lag:
    """How far behind its own clock a stream is read."""

    def __init__(self) -> None:
        self._fresh_s: float | None = None

    def is_behind(self, *, sent_s: float, asked_s: float, now_s: float) -> bool:
        """Take in a packet that the stream dates `sent_s`, asked for at `asked_s`, here at `now_s`.

        Only differences count, so either clock may begin anywhere and drift a little: each wait
        for a packet sets them by each other.
        """
        away_s = now_s - sent_s
        if self._fresh_s is None or now_s - asked_s >= WAITED_S or away_s < self._fresh_s:
            self._fresh_s = away_s
        return away_s - self._fresh_s > MOST_LAG_S
