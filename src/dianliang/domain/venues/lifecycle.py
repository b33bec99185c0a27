"""What may follow what: proofs of what a base has, and what it tells the public."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, P, A = Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR

PROOF_LABELS = {
    "GIVEN": "待核验",
    "ACCEPTED": "已认可",
    "REFUSED": "已退回",
    "WITHDRAWN": "已撤下",
}
PROOF = Lifecycle(
    PROOF_LABELS,
    [
        row("accept", "认可", {"GIVEN", "REFUSED"}, "ACCEPTED", P, A, D),
        row("refuse", "退回", {"GIVEN", "ACCEPTED"}, "REFUSED", P, A, D),
        row("withdraw", "撤下", {"GIVEN", "ACCEPTED", "REFUSED"}, "WITHDRAWN", P, A, D),
    ],
)

NOTICE_LABELS = {"DRAFT": "草稿", "PUBLISHED": "公示中", "WITHDRAWN": "已撤回"}
NOTICE = Lifecycle(
    NOTICE_LABELS,
    [
        row("publish", "发布", {"DRAFT", "WITHDRAWN"}, "PUBLISHED", P, A, D),
        row("withdraw", "撤回", {"DRAFT", "PUBLISHED"}, "WITHDRAWN", P, A, D),
    ],
)
