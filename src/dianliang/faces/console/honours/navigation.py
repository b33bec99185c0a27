"""Where the pages about talks, calls, honours, brands and appeals stand in the bars."""

from collections.abc import Iterable

from dianliang.domain.branches.access import READERS
from dianliang.domain.talks.access import KNOWERS
from dianliang.faces.console.entries import Entry
from dianliang.faces.console.voices.bar import COUNTS, DESK
from dianliang.kernel.actor import STAFF, Role


def _page(label: str, to: str, *pages: str, roles: Iterable[Role]) -> Entry:
    own = tuple(f"console:{page}" for page in (to, *pages))
    return Entry(label=label, to=f"console:{to}", pages=own, roles=frozenset(roles))


HONOURS = (
    _page("谈话台账", "talk_book", "talk_sheet", roles=KNOWERS),
    _page("评选", "honour_calls", "honour_call*", roles=READERS),
    _page("荣誉", "honours", "honour", "honour_new", "honour_act", "honour_upload", roles=READERS),
    _page("媒体", "media", "media_*", roles=READERS),
    _page("品牌", "brands", "brand", "brand_*", roles=READERS),
    COUNTS,
)
"""Part of the section of party branches (党建)."""
OWN = (
    _page("我的谈话", "talks", "talk", "talk_new", "talk_act", roles=STAFF),
    _page("提名投票", "votes", "vote*", roles=STAFF),
    DESK,
)
"""What concerns oneself as an employee (我的)."""
