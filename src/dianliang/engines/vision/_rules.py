"""Every threshold of a camera in one place, in seconds, shares of the picture and grey levels."""

from dataclasses import dataclass, field

from dianliang.engines.vision._model import Zone

SHANGHAI_OFFSET_S = 8 * 3600
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionRules:
    """Where and how often the detector looks.

    `rate_hz` while somebody is there or something moves, `calm_hz` while it is clear who is who:
    nobody in nobody's way, nobody lost; `idle_s` between looks while nothing moves and nobody is
    there: whoever sits still is still found. `person_share` is the height of the nearest person as
    a share of the picture's: so much above a zone is looked at too.
    """

    rate_hz: float = 5.0
    calm_hz: float = 2.5
    idle_s: float = 2.0
    quiet_s: float = 5.0
    """How long nothing moves before the detector rests."""
    closely_s: float = 1.0
    """Between close looks while a swift one will do: small persons are found by close ones only."""
    swift_share: float = 0.065
    """A swift look will do while all who are followed are so tall, as a share of the longer side of
    what is looked at: 23 pixels of the 352 that the network then gets."""
    person_share: float = 0.20
    moved_levels: float = 14.0
    moved_share: float = 0.002
    """Which share of a zone must change for the detector to wake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRules:
    """What counts as the same person."""

    sure: float = 0.5
    """A box of this score begins a track."""
    unsure: float = 0.30
    """A box of this score goes on with one."""
    keep_s: float = 2.0
    """A person who is not seen for longer is lost."""
    unsure_s: float = 2.2
    """How long after being seen somebody is followed by unsure boxes."""
    widen: float = 0.32
    """Share of a box's size that is added on each side before boxes are compared."""
    least_overlap: float = 0.12
    colours: float = 0.66
    """Weight of clothes against place, 0 to 1."""
    learn_s: float = 1.75
    """Time over which the clothes are averaged."""
    crowded: float = 0.15
    """Whoever shares more than this of a box with another teaches nothing."""
    settle_s: float = 1.2
    """Time over which motion is averaged."""
    remember_s: float = 10.0
    """How long the clothes of somebody lost are remembered, to know the same person again."""
    alone_s: float = 0.5
    """How long somebody stands alone before the clothes tell who it is."""
    margin: float = 0.055
    """By how much another name must fit better before it is given."""
    stranger: float = 0.80
    """How well clothes must fit before somebody new is taken for one who was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DwellRules:
    """When somebody has stayed: by the clock, whatever the number of pictures."""

    grace_s: float = 1.0
    """Somebody who leaves or is hidden for no longer has not left."""
    least_seen: float = 0.45
    """Share of the looks during the stay on which the person must have been seen."""
    handover: float = 0.6
    """Own heights from a lost person within which a new one takes over the stay."""
    handover_s: float = 1.75
    """How long after that."""
    hidden_s: float = 2.6
    """Somebody who vanished inside, seen nowhere else, is taken to be there for so long."""
    doubt_s: float = 0.9
    """An event waits for so long, and no longer, where it is in doubt who is who."""
    approach_s: float = 3.0
    """Somebody who will be in a zone within this time at this pace comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RodRules:
    """When something long and thin in the hand is a rod."""

    every_s: float = 1.0
    pictures: int = 6
    least_height: float = 40.0
    """Below this height of a person, in pixels, no rod can be seen."""
    least_strength: float = 6.5
    """Grey levels along the ray, median of the pictures: one walker in twenty shows as much."""
    background_every_s: float = 4.0
    background_pictures: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRules:
    """When what speaks, and when it rather calls somebody."""

    debounce_s: float = 120.0
    """A zone is not warned again sooner."""
    escalate_s: float = 60.0
    """Somebody who is still there this long after the warning is a job for the steward."""
    least_confidence: float = 0.5
    """Below it an event is only shown."""
    least_people: int = 1
    """With fewer in the zone an event is only shown."""
    quiet_from_min: int = 0
    quiet_until_min: int = 0
    """Minutes of the day between which the loudspeaker is silent; equal: never."""
    utc_offset_s: int = SHANGHAI_OFFSET_S


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRules:
    """When a camera cannot be believed. Looked at on a small grey picture, once a second."""

    every_s: float = 1.0
    night_level: float = 45.0
    frozen_s: float = 30.0
    jump_s: float = 30.0
    """Pictures further apart than this are a jump of the clock or a break."""
    shake: float = 0.006
    """Shift from picture to picture as a share of the width, median of the last five."""
    moved: float = 0.03
    """Shift against the reference as a share of the width."""
    alike: float = 0.35
    """Likeness of outlines with the reference below which the view is another."""
    moved_s: float = 10.0
    """How long the view must be another before zones no longer hold."""
    clear_share: float = 0.5
    """Contrast of outlines, as a share of what is usual here, below which the air is not clear."""
    veil: float = 15.0
    """Grey levels by which the darkest parts must be brighter than is usual here, besides."""
    haze_s: float = 30.0
    """How long that must last."""
    rain_share: float = 0.6
    """Share of the picture's blocks with something that was there for one picture only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera with its zones and thresholds."""

    id: str
    zones: tuple[Zone, ...]
    detection: DetectionRules = field(default_factory=DetectionRules)
    tracking: TrackingRules = field(default_factory=TrackingRules)
    dwell: DwellRules = field(default_factory=DwellRules)
    rod: RodRules = field(default_factory=RodRules)
    warning: WarningRules = field(default_factory=WarningRules)
    health: HealthRules = field(default_factory=HealthRules)
