"""Where the pages about transformers stand in the bars."""

from dianliang.faces.console.entries import Entry
from dianliang.kernel.actor import Role

READERS = frozenset(
    {Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.COMMANDER, Role.ADMINISTRATOR, Role.AUDITOR}
)
"""Who reads villages, and the auditor: a claim about relief must lead to what bears it out."""
LOADING: tuple[Entry, ...] = (
    Entry(label="读数导入", to="console:readings", pages=("console:readings*",), roles=READERS),
    Entry(label="重过载", to="console:loading", pages=("console:loading*",), roles=READERS),
    Entry(
        label="台区治理",
        to="console:relief",
        pages=(
            *("console:relief", "console:relief_one", "console:relief_make"),
            *("console:relief_decide", "console:relief_complete"),
            "console:relief_price*",
        ),
        roles=READERS,
    ),
    Entry(
        label="治理成效",
        to="console:relief_effects",
        pages=("console:relief_effects",),
        roles=READERS,
    ),
    Entry(label="季节预测", to="console:season", pages=("console:season*",), roles=READERS),
    Entry(label="潮流计算", to="console:loadflow", pages=("console:loadflow*",), roles=READERS),
    Entry(label="充电覆盖", to="console:reach", pages=("console:reach*",), roles=READERS),
    Entry(label="光储直柔", to="console:zone", pages=("console:zone*",), roles=READERS),
)
"""Transformers and what relieves them."""
