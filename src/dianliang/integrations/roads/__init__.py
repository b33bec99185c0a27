"""Travel times by road from a Valhalla or OSRM server that the operator runs.

Formats: Valhalla's `/sources_to_targets` (verbose and compact), OSRM's `/table/v1`, as documented
by the two projects. Nothing leaves the operator's network but the coordinates of the points asked
for: centres of villages and bases of teams, never customers.
"""

from dianliang.integrations.roads.server import (
    RoadServer,
    RoadServerError,
)

__all__ = ["RoadServer", "RoadServerError"]
