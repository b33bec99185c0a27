"""The sections of a village's file, in the order in which they are read.

A provider takes the villages that are asked for and returns the section of each, with a number of
queries that does not depend on how many villages there are. To add a section, write a provider and
name it here.
"""

from collections.abc import Callable, Mapping

from dianliang.flows.village_file.model import Scope, Section
from dianliang.flows.village_file.sections import (
    kept,
    network,
    people,
    place,
    served,
    together,
    work,
)

Provider = Callable[[Scope], Mapping[int, Section]]

SECTIONS: tuple[Provider, ...] = (
    place.overview,
    network.transformers,
    network.loads,
    network.lines,
    network.outages,
    served.customers,
    served.needs,
    served.hazards,
    together.care,
    together.checks,
    work.under_way,
    together.campaigns,
    together.rebuilding,
    people.accountable,
    together.in_charge,
    together.agreements,
    place.station,
    kept.plan,
    kept.photos,
)
