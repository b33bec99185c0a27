"""What may follow what for an employee's appeal. The actor is a handler, or who appealed."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

HANDLERS = (
    Role.PARTY_AFFAIRS,
    Role.COMMANDER,
    Role.DISPATCHER,
    Role.CAPTAIN,
    Role.STEWARD,
    Role.ALLIANCE_UNIT,
)
"""In which roles somebody may handle; that he is named for the desk is asked besides."""
E = Role.RESIDENT
LABELS = {
    "RECEIVED": "待受理",
    "TAKEN": "办理中",
    "ANSWERED": "已答复",
    "CLOSED": "已办结",
    "WITHDRAWN": "已撤回",
}
VOICE = Lifecycle(
    LABELS,
    [
        row("take", "受理", {"RECEIVED"}, "TAKEN", *HANDLERS),
        row("answer", "答复", {"TAKEN"}, "ANSWERED", *HANDLERS),
        # An interview is answered face to face: its handler writes down what the employee said.
        row("accept", "满意", {"ANSWERED"}, "CLOSED", E, *HANDLERS),
        row("again", "不满意，再办", {"ANSWERED"}, "TAKEN", E, *HANDLERS),
        row("rest", "到期办结", {"ANSWERED"}, "CLOSED", Role.SYSTEM),
        row("withdraw", "撤回", {"RECEIVED", "TAKEN"}, "WITHDRAWN", E),
    ],
)
OPEN = frozenset({"RECEIVED", "TAKEN"})
