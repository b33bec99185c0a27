"""Where the pages about gear, stores and requests stand in the bars."""

from dianliang.domain.mobilisation.lifecycle import READERS as OF_REQUESTS
from dianliang.domain.resources.access import KEEPERS, READERS
from dianliang.faces.console.entries import Entry
from dianliang.kernel.actor import Role


def _page(label: str, to: str, *pages: str, roles: frozenset[Role]) -> Entry:
    own = tuple(f"console:{page}" for page in (to, *pages))
    return Entry(label=label, to=f"console:{to}", pages=own, roles=roles)


RESOURCES = (
    _page("资源请求", "gear_requests", "gear_request*", roles=OF_REQUESTS),
    _page("可动员队伍", "gear_strength", roles=OF_REQUESTS),
    _page("装备", "gear", "gear_new", "gear_card", "gear_act", roles=READERS),
    _page("借用", "gear_loans", "gear_loan*", roles=READERS),
    _page("仓库", "stores", "store*", roles=READERS),
    _page("品目", "stock_items", "stock_item*", roles=KEEPERS),
)
"""What one works with in an emergency (装备物资)."""
