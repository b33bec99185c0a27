"""Tell whose regular visit will be late, when and why: a simulation of the days to come.

`due_on` says by which day somebody should come. `forecast` plays the coming days with what is
known today (planned visits, who is away, how much time teams have, who renews when) and names each
customer who would be overdue, with the obstacle that stood in the way on his last possible day.
"""

from dianliang.engines.visiting._due import due_on
from dianliang.engines.visiting._forecast import forecast
from dianliang.engines.visiting._model import (
    HORIZON_DAYS,
    LEAD_DAYS,
    Crew,
    Gap,
    Outlook,
    Reason,
    Renewal,
    Ward,
)

__all__ = [
    "HORIZON_DAYS",
    "LEAD_DAYS",
    "Crew",
    "Gap",
    "Outlook",
    "Reason",
    "Renewal",
    "Ward",
    "due_on",
    "forecast",
]
