"""The voltage along a feeder as a chart, its nodes on the map, and the grid as a figure."""

from collections.abc import Collection, Sequence

from dianliang.faces.ui.charts import MOST_ROWS, Chart, Limit, Series, Shape, Tone
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.studies.grid_picture import Picture, picture
from dianliang.flows.studies.grid_rows import BranchRow, NodeRow

LV_LOW_PU, LV_HIGH_PU = 198.0 / 231.0, 235.4 / 231.0
"""GB/T 12325—2008: 220 V −10 % and +7 %, over 400 V / √3."""
MV_LOW_PU, MV_HIGH_PU = 0.93, 1.07


def along_feeder(nodes: Sequence[NodeRow], *, at: str) -> Chart | None:
    """Return voltages over the way from the source, of the low side or, without one, of all.

    Of more nodes than a chart holds those furthest beyond a limit, or nearest to one, are drawn.
    """
    fed = [one for one in nodes if one.away_m is not None]
    low = [one for one in fed if one.is_low]
    least, most = (LV_LOW_PU, LV_HIGH_PU) if low else (MV_LOW_PU, MV_HIGH_PU)
    drawn = sorted(low or fed, key=lambda one: min(one.least_pu - least, most - one.most_pu))
    del drawn[MOST_ROWS:]
    if not drawn:
        return None
    drawn.sort(key=lambda one: (one.away_m or 0.0, one.id))
    return Chart(
        key="chart-feeder",
        title=_("沿线电压"),
        x_name=_("离电源（m）"),
        y_name=_("电压（额定的倍数）"),
        x=tuple(float(one.away_m or 0.0) for one in drawn),
        series=(
            Series(
                name=_("各时刻最低"),
                values=tuple(one.least_pu for one in drawn),
                shape=Shape.POINTS,
                tone=Tone.WARN,
            ),
            Series(
                name=_("各时刻最高"),
                values=tuple(one.most_pu for one in drawn),
                shape=Shape.POINTS,
                tone=Tone.DANGER,
            ),
            Series(
                name=_("最严重时刻 %(at)s") % {"at": _(at)},
                values=tuple(one.worst_pu for one in drawn),
                shape=Shape.POINTS,
            ),
        ),
        limits=(
            Limit(name=_("下限"), value=round(least, 4)),
            Limit(name=_("上限"), value=round(most, 4)),
        ),
        digits=3,
    )


def drawing(nodes: Sequence[NodeRow], branches: Sequence[BranchRow]) -> Picture | None:
    """Return the figure of a grid, with nodes held against GB/T 12325."""
    limits = {True: (LV_LOW_PU, LV_HIGH_PU), False: (MV_LOW_PU, MV_HIGH_PU)}
    return picture(nodes, branches, limits=limits)


def points(nodes: Sequence[NodeRow], *, outside: Collection[str]) -> list[dict[str, object]]:
    """Return the nodes that have a place, as the map draws them; those outside limits in red."""
    return [
        {
            "lat": one.lat,
            "lon": one.lon,
            "number": one.id,
            "title": f"{one.least_v:.1f}–{one.most_v:.1f} V",
            "tone": "danger" if one.id in outside else "done",
        }
        for one in nodes
        if one.lat is not None and one.lon is not None
    ]
