"""What shows how branches work together and stand ready: brands, alliances, secondments, duty.

Also what media reported about it. A draft counts: it may carry its theme before it is decided.
"""

from dianliang.domain.branches import access as branches
from dianliang.domain.branches.models import Alliance, Secondment
from dianliang.domain.brands.models import Brand
from dianliang.domain.honours.models import MediaReport
from dianliang.domain.rosters.models import Roster
from dianliang.flows.themes.shapes import (
    BRANCH,
    WORDS,
    Attribute,
    Figure,
    Kind,
    Rows,
    within,
)


def _brands() -> Rows:
    return Brand.objects.exclude(status="DROPPED")


def _alliances() -> Rows:
    return Alliance.objects.exclude(status="STOPPED")


def _secondments() -> Rows:
    return Secondment.objects.exclude(status="CANCELLED")


def _rosters() -> Rows:
    return Roster.objects.exclude(status="CANCELLED")


SHOWING_KINDS: tuple[Kind, ...] = (
    Kind(
        code="brand",
        label="服务品牌",
        whole=_brands,
        visible=lambda by: within(_brands(), "unit", by),
        title="name",
        day="since",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="brand", label="服务品牌", unit="个"),),
        attributes=(
            Attribute(code="words", label="名称含有", lookup="name__icontains", hint="词语"),
        ),
    ),
    Kind(
        code="alliance",
        label="党建联盟",
        whole=_alliances,
        visible=lambda by: branches.alliances(by).exclude(status="STOPPED"),
        title="title",
        day="starts_on",
        unit="branch__unit",
        is_instant=False,
        figures=(Figure(code="alliance", label="党建联盟", unit="个"),),
        attributes=(BRANCH, WORDS),
    ),
    Kind(
        code="secondment",
        label="挂职",
        whole=_secondments,
        visible=lambda by: branches.secondments(by).exclude(status="CANCELLED"),
        title="kind__name",
        day="from_on",
        unit="branch__unit",
        is_instant=False,
        figures=(Figure(code="secondment", label="挂职", unit="人次"),),
        attributes=(
            BRANCH,
            Attribute(code="way", label="挂职方式", lookup="kind__code", hint="方式编码"),
        ),
    ),
    Kind(
        code="media",
        label="媒体报道",
        whole=MediaReport.objects.all,
        visible=lambda by: within(MediaReport.objects.all(), "unit", by),
        title="title",
        day="on",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="media", label="媒体报道", unit="篇"),),
        attributes=(
            Attribute(code="level", label="级别", lookup="level", hint="级别编码"),
            Attribute(code="outlet", label="媒体", lookup="outlet__icontains", hint="词语"),
            WORDS,
        ),
    ),
    Kind(
        code="roster",
        label="值班表",
        whole=_rosters,
        visible=lambda by: within(_rosters(), "unit", by),
        title="title",
        day="starts_at",
        unit="unit",
        figures=(Figure(code="roster", label="值班表", unit="张"),),
        attributes=(WORDS,),
    ),
)
