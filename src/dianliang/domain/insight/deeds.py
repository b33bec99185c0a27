"""What the verbs of the trail are called: lifecycles and models say it, one table says the rest.

A verb is ``<model>.<verb>``. One that nobody has named is shown as it is: a trail hides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps

from dianliang.domain.appraisal.lifecycle import APPEAL as APPRAISAL_APPEAL
from dianliang.domain.appraisal.lifecycle import DUTY, EDITION, LIST, ROUND
from dianliang.domain.branches.lifecycle import (
    ALLIANCE,
    BRANCH,
    MEETING,
    PAIRING,
    SECONDMENT,
    TASK,
    TOPIC,
)
from dianliang.domain.brands.lifecycle import BRAND
from dianliang.domain.care.lifecycle import ALERT, CONTACT, UNLOCK
from dianliang.domain.directory.lifecycle import AGREEMENT
from dianliang.domain.energy.lifecycle import CLAIM, PROJECT
from dianliang.domain.enterprises.lifecycle import RUN as ANALYSIS_RUN
from dianliang.domain.grid_projects.lifecycle import BASELINE, ISSUE
from dianliang.domain.grid_projects.lifecycle import PROJECT as GRID_PROJECT
from dianliang.domain.honours.lifecycle import CALL, HONOUR, NOMINEE, OBJECTION
from dianliang.domain.hours.lifecycle import HOUR, HOUR_APPEAL, HOUR_NOTICE, SERVICE_CERTIFICATE
from dianliang.domain.incidents.lifecycle import (
    INCIDENT,
    INCIDENT_ALERT,
    OBJECTIVE,
    PUBLIC_ALERT,
)
from dianliang.domain.insight.deed_words import WORDS
from dianliang.domain.insight.lifecycle import PLAN_ITEM
from dianliang.domain.intake.lifecycle import LEARNT_MODEL, NEED
from dianliang.domain.key_customers.lifecycle import TABLE, WATCH
from dianliang.domain.ledger.lifecycle import (
    APPEAL,
    DRIVE,
    GRANT,
    RULE_VERSION,
    SETTLEMENT,
)
from dianliang.domain.ledger.lifecycle import PAIRING as CHILD_PAIRING
from dianliang.domain.linewatch.lifecycle import CAMERA
from dianliang.domain.linewatch.lifecycle import EVENT as WATCH_EVENT
from dianliang.domain.mobilisation.lifecycle import REQUEST
from dianliang.domain.outreach.lifecycle import OUTREACH
from dianliang.domain.policies.lifecycle import DUTY as POLICY_DUTY
from dianliang.domain.policies.lifecycle import EDITION as POLICY_EDITION
from dianliang.domain.programs.lifecycle import (
    CAMPAIGN,
    COURSE,
    ENROLMENT,
    LECTURE,
    OFFER,
    SESSION,
    SIGNUP,
    TARGET,
)
from dianliang.domain.protection.lifecycle import EVENT
from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.resources.lifecycle import COUNT, LOAN, RESOURCE
from dianliang.domain.rosters.lifecycle import ROSTER, SWAP
from dianliang.domain.safety.lifecycle import HAZARD
from dianliang.domain.talks.lifecycle import TALK
from dianliang.domain.venues.lifecycle import BOOKING, NOTICE, PROOF
from dianliang.domain.voices.lifecycle import VOICE
from dianliang.domain.work.lifecycle import JOB, PLAN, VISIT
from dianliang.domain.workforce.lifecycle import GRID_WORKER
from dianliang.kernel.lifecycle import Lifecycle

LIFECYCLES: Mapping[str, Lifecycle] = {
    "appraisal.edition": EDITION,
    "appraisal.tasklist": LIST,
    "appraisal.duty": DUTY,
    "appraisal.round": ROUND,
    "appraisal.appeal": APPRAISAL_APPEAL,
    "energy.claim": CLAIM,
    "energy.measurementproject": PROJECT,
    "branches.branch": BRANCH,
    "branches.pairing": PAIRING,
    "branches.alliance": ALLIANCE,
    "branches.secondment": SECONDMENT,
    "branches.meeting": MEETING,
    "branches.task": TASK,
    "branches.topic": TOPIC,
    "brands.brand": BRAND,
    "linewatch.camera": CAMERA,
    "linewatch.event": WATCH_EVENT,
    "mobilisation.resourcerequest": REQUEST,
    "resources.resource": RESOURCE,
    "resources.loan": LOAN,
    "resources.stockcount": COUNT,
    "honours.call": CALL,
    "honours.honour": HONOUR,
    "honours.nominee": NOMINEE,
    "honours.objection": OBJECTION,
    "talks.talk": TALK,
    "voices.voice": VOICE,
    "care.alert": ALERT,
    "care.contact": CONTACT,
    "care.unlock": UNLOCK,
    "intake.need": NEED,
    "intake.learntmodel": LEARNT_MODEL,
    "incidents.incident": INCIDENT,
    "incidents.incidentalert": INCIDENT_ALERT,
    "incidents.objective": OBJECTIVE,
    "incidents.publicalert": PUBLIC_ALERT,
    "key_customers.watch": WATCH,
    "protection.event": EVENT,
    "key_customers.broughttable": TABLE,
    "rosters.roster": ROSTER,
    "rosters.swap": SWAP,
    "safety.hazard": HAZARD,
    "work.job": JOB,
    "work.plan": PLAN,
    "work.visit": VISIT,
    "workforce.gridworker": GRID_WORKER,
    "directory.agreement": AGREEMENT,
    "renewal.step": STEP,
    "grid_projects.project": GRID_PROJECT,
    "grid_projects.baseline": BASELINE,
    "grid_projects.issue": ISSUE,
    "insight.planitem": PLAN_ITEM,
    "hours.hourrecord": HOUR,
    "hours.hournotice": HOUR_NOTICE,
    "hours.appeal": HOUR_APPEAL,
    "hours.servicecertificate": SERVICE_CERTIFICATE,
    "outreach.outreach": OUTREACH,
    "policies.policyedition": POLICY_EDITION,
    "policies.policyduty": POLICY_DUTY,
    "enterprises.analysisrun": ANALYSIS_RUN,
    "programs.campaign": CAMPAIGN,
    "programs.target": TARGET,
    "ledger.ruleversion": RULE_VERSION,
    "ledger.settlement": SETTLEMENT,
    "ledger.appeal": APPEAL,
    "ledger.drive": DRIVE,
    "ledger.grant": GRANT,
    "ledger.pairing": CHILD_PAIRING,
    "venues.baseproof": PROOF,
    "venues.basenotice": NOTICE,
    "venues.booking": BOOKING,
    "programs.session": SESSION,
    "programs.signup": SIGNUP,
    "programs.lecturerequest": LECTURE,
    "programs.offer": OFFER,
    "programs.course": COURSE,
    "programs.enrolment": ENROLMENT,
}
HEADINGS: Mapping[str, str] = {
    "account": "登录与账号",
    "readings.file": "读数文件",
    "access": "被拒的访问",
    "api": "接口",
    "personal": "个人信息",
    "insight": "指标导出",
    "insight.volunteering": "志愿服务导出",
    "insight.bases": "阵地导出",
    "county": "数据导入",
    "energy.zone": "光储直柔",
    "outreach": "宣传触达",
    "mobilisation.review": "抢险复盘",
    "mobilisation.track": "队伍轨迹",
    "backup": "备份",
    "keys": "密钥",
    "key": "密钥",
    "person": "个人信息",
    "retention": "个人信息",
    "demo": "演示",
    "page": "网页",
}
"""Groups that are no model."""
PAGE = "page"
"""Stands for all routes."""
ADMINISTRATION: Mapping[str, str] = {"add": "后台新增", "change": "后台修改", "delete": "后台删除"}
"""What the administration pages do to any model."""
WHOLE = ".*"
"""Ends the choice of a whole group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The verbs of one kind of object, each with its word."""

    key: str
    heading: str
    verbs: tuple[tuple[str, str], ...]

    @property
    def whole(self) -> str:
        """Return the choice that stands for all its verbs, also those that have no word."""
        return self.key + WHOLE


def word(verb: str) -> str:
    """Return what a verb is called; an unknown one as it is."""
    kind, _, last = verb.rpartition(".")
    labels = {row.verb: row.label for row in LIFECYCLES[kind]} if kind in LIFECYCLES else {}
    return labels.get(last) or WORDS.get(verb) or ADMINISTRATION.get(last) or verb


def heading(kind: str) -> str:
    """Return what a kind of object is called; an unknown one as it is. A route is a page."""
    if ":" in kind:
        kind = PAGE
    return HEADINGS.get(kind) or _models().get(kind, kind)


def state(kind: str, value: str) -> str:
    """Return the label of a state; what is no state of this kind stays as it is."""
    return LIFECYCLES[kind].labels.get(value, value) if kind in LIFECYCLES else value


@cache
def kinds() -> frozenset[str]:
    """Return every kind of object that the trail may name."""
    return frozenset(_models()) | HEADINGS.keys()


@cache
def groups() -> tuple[Group, ...]:
    """Return the verbs that a reader can choose, group by group."""
    found: dict[str, dict[str, str]] = {}
    lifecycle_verbs = [f"{kind}.{row.verb}" for kind, table in LIFECYCLES.items() for row in table]
    for verb in (*lifecycle_verbs, *WORDS):
        found.setdefault(verb.rpartition(".")[0], {})[verb] = word(verb)
    return tuple(
        Group(key=key, heading=heading(key), verbs=tuple(verbs.items()))
        for key, verbs in found.items()
    )


@cache
def _models() -> dict[str, str]:
    return {
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if model.__module__.startswith("dianliang.")
    }
