"""What may follow what for an agreement (共建协议), seed row 001-02."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, A, S = Role.DISPATCHER, Role.ADMINISTRATOR, Role.SYSTEM

AGREEMENT_LABELS = {
    "DRAFT": "草拟",
    "IN_FORCE": "生效中",
    "ENDED": "已届满",
    "TERMINATED": "已终止",
}
AGREEMENT = Lifecycle(
    AGREEMENT_LABELS,
    [
        row("sign", "签订生效", {"DRAFT"}, "IN_FORCE", D, A),
        row("renew", "续签", {"IN_FORCE", "ENDED"}, "IN_FORCE", D, A),
        # The clock ends an agreement; nobody has to remember the day.
        row("end", "届满", {"IN_FORCE"}, "ENDED", D, A, S),
        row("terminate", "终止", {"DRAFT", "IN_FORCE"}, "TERMINATED", D, A),
    ],
)
