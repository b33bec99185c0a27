"""What guards people and supply, reaches them, and is honoured: hazards, events, policies, honours.

Whoever sees a unit's themes knows of these records; their own pages keep their own readers.
"""

from dianliang.domain.honours.models import Honour
from dianliang.domain.incidents.models import Incident
from dianliang.domain.outreach.models import Outreach
from dianliang.domain.policies.models import PolicyList
from dianliang.domain.protection.models import Event
from dianliang.domain.renewal.models import Project
from dianliang.domain.safety.models import Hazard
from dianliang.flows.themes.shapes import (
    WORDS,
    Attribute,
    Figure,
    Kind,
    Rows,
    ones_if,
    within,
)

SENT = ("SENDING", "PAUSED", "CLOSED")


def _hazards() -> Rows:
    return Hazard.objects.exclude(status="WITHDRAWN")


def _events() -> Rows:
    return Event.objects.exclude(status__in=["DRAFT", "CANCELLED"])


def _incidents() -> Rows:
    """Return what happened; a drill is none of it."""
    return Incident.objects.filter(is_drill=False).exclude(status="CANCELLED")


def _outreach() -> Rows:
    return Outreach.objects.filter(status__in=SENT)


def _honours() -> Rows:
    return Honour.objects.filter(status="VALID")


GUARDING_KINDS: tuple[Kind, ...] = (
    Kind(
        code="hazard",
        label="隐患",
        whole=_hazards,
        visible=lambda by: within(_hazards(), "unit", by),
        title="item",
        day="found_at",
        unit="unit",
        figures=(
            Figure(code="hazard", label="隐患", unit="条"),
            Figure(
                code="hazard.closed",
                label="已销号隐患",
                unit="条",
                value=ones_if(status="CLOSED"),
            ),
        ),
        attributes=(
            Attribute(code="class", label="隐患等级", lookup="hazard_class", hint="等级编码"),
            Attribute(code="words", label="名称含有", lookup="item__icontains", hint="词语"),
        ),
    ),
    Kind(
        code="guard",
        label="保电活动",
        whole=_events,
        visible=lambda by: within(_events(), "unit", by),
        title="title",
        day="starts_at",
        unit="unit",
        figures=(Figure(code="guard", label="保电活动", unit="次"),),
        attributes=(WORDS,),
    ),
    Kind(
        code="incident",
        label="事件",
        whole=_incidents,
        visible=lambda by: within(_incidents(), "unit", by),
        title="title",
        day="opened_at",
        unit="unit",
        figures=(Figure(code="incident", label="事件", unit="起"),),
        attributes=(
            Attribute(code="kind", label="类别", lookup="kind", hint="类别编码"),
            WORDS,
        ),
    ),
    Kind(
        code="outreach",
        label="宣传触达",
        whole=_outreach,
        visible=lambda by: within(_outreach(), "unit", by),
        title="title",
        day="created_at",
        unit="unit",
        figures=(Figure(code="outreach", label="宣传触达", unit="次"),),
        attributes=(WORDS,),
    ),
    Kind(
        code="policy",
        label="政策清单",
        whole=PolicyList.objects.all,
        visible=lambda by: within(PolicyList.objects.all(), "unit", by),
        title="short_name",
        day="issued_on",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="policy", label="政策清单", unit="份"),),
        attributes=(WORDS,),
    ),
    Kind(
        code="renewal",
        label="改造项目",
        whole=Project.objects.all,
        visible=lambda by: within(Project.objects.all(), "unit", by),
        title="area__name",
        day="opened_at",
        unit="unit",
        opens="area__code",
        figures=(Figure(code="renewal", label="改造项目", unit="个"),),
        attributes=(Attribute(code="batch", label="批次", lookup="batch", hint="批次"),),
    ),
    Kind(
        code="honour",
        label="荣誉",
        whole=_honours,
        visible=lambda by: within(_honours(), "unit", by),
        title="title",
        day="on",
        unit="unit",
        is_instant=False,
        figures=(Figure(code="honour", label="荣誉", unit="项"),),
        attributes=(
            Attribute(code="level", label="级别", lookup="level", hint="级别编码"),
            WORDS,
        ),
    ),
)
