"""The four steps of a talk (四步谈): 约谈、面谈、跟进、回访. Only its leader takes them."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

LEADERS = (
    Role.PARTY_AFFAIRS,
    Role.COMMANDER,
    Role.DISPATCHER,
    Role.CAPTAIN,
    Role.STEWARD,
)
"""In which roles somebody may lead a talk; that he leads this branch is asked besides."""
LABELS = {
    "PLANNED": "已约谈",
    "HELD": "已面谈",
    "FOLLOWING": "跟进中",
    "CLOSED": "已回访",
    "CANCELLED": "已取消",
}
TALK = Lifecycle(
    LABELS,
    [
        row("hold", "面谈", {"PLANNED"}, "HELD", *LEADERS),
        row("follow", "跟进", {"HELD"}, "FOLLOWING", *LEADERS),
        row("close", "回访", {"FOLLOWING"}, "CLOSED", *LEADERS),
        row("cancel", "取消", {"PLANNED"}, "CANCELLED", *LEADERS),
    ],
)
STEPS = (
    ("PLANNED", "约谈"),
    ("HELD", "面谈"),
    ("FOLLOWING", "跟进"),
    ("CLOSED", "回访"),
)
"""The steps in their order, by the state that each leads to."""
OPEN = frozenset({"PLANNED", "HELD", "FOLLOWING"})
