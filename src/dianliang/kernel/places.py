"""Words about places that several rooms share."""

from enum import StrEnum


class AreaClass(StrEnum):
    """How far a place is from help; promise clocks differ by it."""

    CITY = "city"
    RURAL = "rural"
    REMOTE = "remote"


AREA_CLASS_LABELS: dict[AreaClass, str] = {
    AreaClass.CITY: "城区",
    AreaClass.RURAL: "农村",
    AreaClass.REMOTE: "偏远",
}
AREA_CLASS_CHOICES = [(kind.value, label) for kind, label in AREA_CLASS_LABELS.items()]
