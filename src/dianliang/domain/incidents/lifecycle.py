"""What may happen to a public alert, and by whom. Printed tables.

Whether an alert is still in force is no status: it follows from later messages and the clock.
"""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

PUBLIC_ALERT_LABELS = {"RECEIVED": "待确认", "ACKNOWLEDGED": "已确认"}
PUBLIC_ALERT = Lifecycle(
    PUBLIC_ALERT_LABELS,
    [row("acknowledge", "确认收到", {"RECEIVED"}, "ACKNOWLEDGED", Role.DISPATCHER, Role.COMMANDER)],
)
