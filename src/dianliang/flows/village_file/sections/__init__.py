"""The sections of a village's file, in the order in which they are read.

A provider takes the villages that are asked for and returns the section of each, with a number of
queries that does not depend on how many villages there are. To add a section, write a provider and
name it here.
"""

from collections.abc import Callable, Mapping

from dianliang.flows.village_file.model import Scope, Section
from dianliang.flows.village_file.sections import kept, network, people, place, served, work

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
    work.under_way,
    people.accountable,
    place.station,
    kept.plan,
    kept.photos,
)
