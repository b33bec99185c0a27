"""Accept a moved view from the command line, where whoever runs the machine has looked at it."""

from dataclasses import replace
from datetime import datetime

from dianliang.flows.linewatch import keeping
from dianliang.kernel.actor import Actor, Role


def accept_view(*, number: str, by: Actor, at: datetime) -> None:
    """Take the present view of a camera for the right one, as the dispatcher of all units.

    Raises:
        NotVisibleError: there is no such camera.
        IllegalTransitionError: its view does not count as moved.
    """
    desk = replace(by, role=Role.DISPATCHER)
    keeping.move(number=number, verb="accept_view", reason="命令行认可", by=desk, at=at)
