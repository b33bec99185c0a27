"""Where firms' electricity, policy lists and outreach stand in the bars (惠企)."""

from dianliang.domain.enterprises.access import READERS as ENTERPRISE_READERS
from dianliang.domain.outreach.access import KEEPERS, READERS, WRITERS
from dianliang.faces.console.entries import Entry

REACHING = (
    Entry(
        label="用电分析",
        to="console:enterprises",
        pages=(
            *("console:enterprises", "console:enterprise", "console:enterprise_ask"),
            *("console:enterprise_contracts", "console:enterprise_finding_act"),
            *("console:enterprise_link", "console:enterprise_link_back"),
        ),
        roles=ENTERPRISE_READERS,
    ),
    Entry(
        label="电价库",
        to="console:enterprise_tariffs",
        pages=("console:enterprise_tariffs", "console:enterprise_tariff*"),
        roles=ENTERPRISE_READERS,
    ),
    Entry(
        label="政策清单",
        to="console:policies",
        pages=("console:policies", "console:policy", "console:policy_new", "console:policy_act"),
        roles=READERS,
    ),
    Entry(
        label="落实任务",
        to="console:policy_duties",
        pages=("console:policy_duties", "console:policy_duty", "console:policy_duty_act"),
        roles=READERS,
    ),
    Entry(
        label="宣传触达",
        to="console:outreaches",
        pages=(
            *("console:outreaches", "console:outreach", "console:outreach_new"),
            *("console:outreach_people", "console:outreach_person", "console:outreach_act"),
        ),
        roles=READERS,
    ),
    Entry(
        label="接收意愿",
        to="console:outreach_wishes",
        pages=("console:outreach_wishes",),
        roles=WRITERS,
    ),
    Entry(
        label="触达通道",
        to="console:outreach_channels",
        pages=("console:outreach_channels",),
        roles=KEEPERS,
    ),
)
"""What is done for firms by policy, and told to them."""
