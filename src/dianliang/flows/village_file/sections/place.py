"""Where the village is, what people say of it, and which service station looks after it."""

from collections.abc import Mapping

from dianliang.domain.insight.models import VillageProfile
from dianliang.flows.village_file.model import Fact, Scope, Section
from dianliang.flows.village_file.stations import served_by
from dianliang.kernel.places import AREA_CLASS_LABELS, AreaClass


def overview(scope: Scope) -> Mapping[int, Section]:
    """Return name, place, households and people."""
    profiles = VillageProfile.objects.in_bulk(
        [village.pk for village in scope.villages], field_name="area_id"
    )
    found = {}
    for village in scope.villages:
        profile = profiles.get(village.pk)
        found[village.pk] = Section(
            key="overview",
            title="基本情况",
            note=profile.summary if profile else "",
            facts=(
                Fact(key="code", label="区划代码", value=village.code),
                Fact(
                    key="township",
                    label="乡镇（街道）",
                    value=village.parent.name if village.parent else None,
                ),
                Fact(
                    key="class",
                    label="服务半径类别",
                    value=str(AREA_CLASS_LABELS[AreaClass(village.area_class)]),
                ),
                Fact(
                    key="households",
                    label="总户数",
                    value=profile.households if profile else None,
                    unit="户",
                ),
                Fact(
                    key="population",
                    label="常住人口",
                    value=profile.population if profile else None,
                    unit="人",
                ),
            ),
        )
    return found


def station(scope: Scope) -> Mapping[int, Section]:
    """Return the station that looks after the village."""
    served = served_by(scope.villages)
    found = {}
    for village in scope.villages:
        own = served.get(village.pk)
        facts: tuple[Fact, ...] = (Fact(key="name", label="服务站", value=None),)
        if own is not None:
            far = None if own.distance_m is None else round(own.distance_m / 1000, 1)
            facts = (
                Fact(key="name", label="服务站", value=own.station.name),
                Fact(key="address", label="地址", value=own.station.address),
                Fact(key="hours", label="开放时间", value=own.station.opening_hours),
                Fact(key="distance", label="距村中心", value=far, unit="公里"),
                Fact(
                    key="how",
                    label="怎样确定",
                    value="本村指定" if own.is_chosen else "按最近的服务站",
                ),
            )
        found[village.pk] = Section(key="station", title="电力服务站", facts=facts)
    return found
