"""Account for carbon: activity data × factor, by place and by market, with how sure that is.

`inventory` adds up lines of activity data within scopes, location-based and market-based, and
propagates uncertainty; `simulated` does the same by chance where spreads are wide; `doubles` finds
what is counted twice; `curve` spreads lines over months; `substitution` states what electric
driving saves against a fuel, with its assumptions. Figures that nothing can be made of are refused
with words (`BadAccountError`).

Sources: GHG Protocol Corporate Standard (2004) and Scope 2 Guidance (2015); IPCC 2006 Guidelines,
volume 1, chapter 3 (uncertainty), volume 2 (energy).
"""

from dianliang.engines.carbon._checks import BadAccountError
from dianliang.engines.carbon._curve import Month, curve
from dianliang.engines.carbon._doubles import Double, DoubleKind, doubles
from dianliang.engines.carbon._inventory import (
    Account,
    Inventory,
    Sum,
    inventory,
    simulated,
    summed,
)
from dianliang.engines.carbon._lines import Activity, Basis, Certificate, EmissionFactor
from dianliang.engines.carbon._substitution import Driving, Substitution, substitution

__all__ = [
    "Account",
    "Activity",
    "BadAccountError",
    "Basis",
    "Certificate",
    "Double",
    "DoubleKind",
    "Driving",
    "EmissionFactor",
    "Inventory",
    "Month",
    "Substitution",
    "Sum",
    "curve",
    "doubles",
    "inventory",
    "simulated",
    "substitution",
    "summed",
]
