"""A registered camera as the engine that watches it wants it."""

from dianliang.domain.linewatch.models import Camera, RuleVersion, ZoneVersion
from dianliang.engines.vision import Camera as Watching
from dianliang.engines.vision import WarningRules, Zone, ZoneKind
from dianliang.flows.lineguard.configuration import Watched


def watched_of(camera: Camera) -> tuple[Watched, tuple[int, int]] | None:
    """Return how a camera is watched, with the versions of its zones and rules; None without zones.

    A zone without a dwell time of its own has that of the rules.
    """
    zones = camera.zone_versions.order_by("-number").first()
    rules = camera.rule_versions.order_by("-number")[0]
    if zones is None:
        return None
    watching = Watching(id=camera.number, zones=_zones(zones, rules), warning=_warning(rules))
    return Watched(camera=watching, source=camera.source), (zones.number, rules.number)


def _zones(version: ZoneVersion, rules: RuleVersion) -> tuple[Zone, ...]:
    return tuple(
        Zone(
            id=row["id"],
            kind=ZoneKind(row["kind"]),
            corners=tuple((float(x), float(y)) for x, y in row["corners"]),
            dwell_s=float(row.get("dwell_s") or rules.dwell_s),
        )
        for row in version.zones
    )


def _warning(rules: RuleVersion) -> WarningRules:
    return WarningRules(
        debounce_s=rules.debounce_s,
        escalate_s=rules.escalate_s,
        least_confidence=rules.least_confidence,
        least_people=rules.least_people,
        quiet_from_min=rules.quiet_from_min,
        quiet_until_min=rules.quiet_until_min,
    )
