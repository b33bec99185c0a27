"""How many random examples a property is tried with in one run.

Each run draws others, so that many short runs see more than one long one, and a run is waited for.
A property that always draws the same is tried with all of them: no later run would see the rest.
``EXAMPLES_SHARE=1 python3 dev.py test`` tries as many as each property says.
"""

import os
from typing import Any

from hypothesis import settings

SHARE = float(os.environ.get("EXAMPLES_SHARE", "0.4"))
FEWEST = 5
KEPT = "_hypothesis_internal_use_settings"
"""Where hypothesis keeps the settings of a property: there is no public way to change them later.
"""


def share_examples(test: Any) -> None:
    """Let a property be tried with its share of examples; leave any other test alone."""
    told = getattr(test, KEPT, None)
    if isinstance(told, settings) and not told.derandomize:
        wanted = max(min(FEWEST, told.max_examples), round(told.max_examples * SHARE))
        setattr(test, KEPT, settings(told, max_examples=wanted))
