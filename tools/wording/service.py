"""Words of the rooms of needs, visits, people, care, firms and reach."""

import ast
import json
from collections.abc import Iterator
from itertools import chain

from tools.wording.files import ROOT, shipped_rows, texts


def from_tables() -> Iterator[str]:
    """Yield the words that tables and constants carry into pages."""
    from dianliang.core.models import AuditEvent
    from dianliang.domain.catalog.models import Element, VenueType
    from dianliang.domain.customers.models import Customer
    from dianliang.domain.insight import deeds, hot, measures, volunteering
    from dianliang.domain.insight.dimensions import DIMENSIONS
    from dianliang.domain.intake import lifecycle as intake
    from dianliang.domain.intake.models import Need, Participant
    from dianliang.domain.intake.queries import board, detail, following
    from dianliang.domain.work import lifecycle as work
    from dianliang.domain.work.models import Job
    from dianliang.domain.work.queries import plan_page
    from dianliang.domain.workforce import grid
    from dianliang.domain.workforce.lifecycle import GRID_WORKER
    from dianliang.faces.console import forms
    from dianliang.flows import mood, queue, words
    from dianliang.flows.planning import difference
    from dianliang.kernel.actor import ROLE_LABELS

    for lifecycle in (intake.NEED, work.JOB, work.PLAN, work.VISIT, GRID_WORKER):
        yield from lifecycle.labels.values()
    yield from (row.label for row in GRID_WORKER)
    yield from from_care()
    yield from grid.VIEWS.values()
    yield from (str(label) for label in Customer.SpecialKind.labels)
    yield from following.STEPS
    yield from following.PLAIN_WORDS.values()
    yield from detail.INTERNAL_WORDS.values()
    yield from detail.WORK_WORDS.values()
    yield from detail.BANDS.values()
    yield from queue.BULK.values()
    yield from chain(
        *words.SECTIONS.values(), hot.TRENDS.values(), hot.STATES.values(), mood.LABELS.values()
    )
    yield from plan_page.FIX_LABELS.values()
    yield from difference.KINDS.values()
    yield from filter(None, difference.CAUSES.values())
    yield from (label for label, _ in board.TABS.values())
    yield from ("响应", "到场", "办结", "上门排在承诺之后", "还没排上门，来不及了")
    yield from ("还没受理，来不及了", "移交后还没接收，来不及了")
    yield from (label for _, label in forms.URGENCIES)
    yield from (label for _, label in forms.CHANNELS)
    kinds = (Need.Channel, Need.PlaceSource, Participant.Kind, Job.Priority, Element, VenueType)
    for choices in kinds:
        yield from (str(label) for label in choices.labels)
    yield from ROLE_LABELS.values()
    yield from DIMENSIONS.values()
    yield from measures.METHOD
    yield from measures.FIGURES.values()
    yield from volunteering.METHOD
    yield from (str(label) for label in AuditEvent.Outcome.labels)
    yield from (deeds.heading(kind) for kind in sorted(deeds.kinds()))
    yield from (label for group in deeds.groups() for _, label in group.verbs)
    yield from deeds.ADMINISTRATION.values()


def from_triage() -> Iterator[str]:
    """Yield the words of what triage finds, and of whose a facility is."""
    from dianliang.domain.directory.owners import Owner
    from dianliang.engines.triage import DEFAULT_LEXICON

    yield from (str(label) for label in Owner.labels)
    yield from (*DEFAULT_LEXICON.danger, *DEFAULT_LEXICON.hints)
    yield from ("未定", "以上都不是", "其余事项", "与该事项的例句相近", "与以往同类需求相近")
    yield from ("该服务事项默认紧急", "提到维持生命的设备和停电，请先问清是否断电")


def from_care() -> Iterator[str]:
    """Yield the words of special customers: consents, reasons, calls, approvals."""
    from dianliang.domain.care import lifecycle
    from dianliang.domain.care.models import Alert, Unlock
    from dianliang.domain.customers.advice import OUTAGE_ADVICE
    from dianliang.domain.customers.models import Consent, Customer
    from dianliang.flows import care, care_contacts, care_forecast

    yield from chain(care.VIEWS.values(), care_contacts.VIEWS.values())
    yield from chain(*care_forecast.REASONS.values(), *OUTAGE_ADVICE.values())
    for table in (lifecycle.ALERT, lifecycle.CONTACT, lifecycle.UNLOCK):
        yield from chain(table.labels.values(), (row.label for row in table))
    kinds = (Customer.Format, Consent.Purpose, Consent.How, Alert.Kind, Unlock.Purpose)
    for choices in kinds:
        yield from (str(label) for label in choices.labels)


def from_staff() -> Iterator[str]:
    """Yield the words of people, certificates, teams and merges."""
    from dianliang.domain.workforce import merging, register, twins
    from dianliang.domain.workforce.models import Person, WeeklySlot
    from dianliang.faces.console.staff import lists
    from dianliang.flows.staffing import matching

    yield from chain(register.VIEWS.values(), twins.REASONS.values(), merging.LABELS.values())
    yield from chain(matching.KINDS.values(), lists.OUTCOMES.values())
    skills = ROOT / "domain" / "catalog" / "data" / "skills.json"
    yield from (row["name"] for row in json.loads(skills.read_text(encoding="utf-8")))
    yield from ("有效", "将到期", "已失效", "已收回", "上门", "志愿服务")
    for choices in (Person.DocumentKind, WeeklySlot.Weekday):
        yield from (str(label) for label in choices.labels)


def from_rosters() -> Iterator[str]:
    """Yield the words of duty: states, verbs, purposes."""
    from dianliang.domain.rosters.lifecycle import ROSTER, SWAP
    from dianliang.domain.rosters.models import Roster

    yield from chain(ROSTER.labels.values(), SWAP.labels.values())
    yield from (row.label for row in chain(ROSTER, SWAP))
    yield from (str(label) for label in Roster.Purpose.labels)


def from_hazards() -> Iterator[str]:
    """Yield the words of inspections and hazards."""
    from dianliang.domain.safety.lifecycle import HAZARD
    from dianliang.faces.console import hazards
    from dianliang.flows import safety_page

    yield from chain(HAZARD.labels.values(), (row.label for row in HAZARD))
    yield from ("发现", "改复查工单", "原因")
    yield from chain(hazards.ASKS.values(), safety_page.VIEWS.values())
    yield from chain(safety_page.GRADES.values(), safety_page.PARTIES.values())


def from_outreach() -> Iterator[str]:
    """Yield the words of policy lists and outreach."""
    from dianliang.domain.outreach import lifecycle as outreach
    from dianliang.domain.outreach.models import (
        Channel,
        Outreach,
        Preference,
        Receipt,
        Recipient,
    )
    from dianliang.domain.outreach.queries import people, progress
    from dianliang.domain.policies import lifecycle as policies
    from dianliang.domain.policies import queries
    from dianliang.domain.policies.models import Measure
    from dianliang.faces.console.outreach.navigation import REACHING
    from dianliang.flows.policies.keeping import COUNTED_IN

    for table in (outreach.OUTREACH, policies.EDITION, policies.DUTY):
        yield from chain(table.labels.values(), (row.label for row in table))
    yield from chain(outreach.STAGES.values(), people.STATES.values(), progress.VIEWS.values())
    yield from chain(progress.UNIT_HEADS, queries.COUNTS.values(), queries.STATES.values())
    yield from chain(filter(None, queries.NARROWS.values()), COUNTED_IN.values())
    yield from (entry.label for entry in REACHING)
    yield from ("惠企", "愿意接收", "拒收", "空号")
    of_outreach = (Channel.Kind, Outreach.Source, Outreach.Basis, Recipient.Excluded)
    for choices in (*of_outreach, Preference.How, Receipt.Source, Measure.Kind):
        yield from (str(label) for label in choices.labels)


def from_enterprises() -> Iterator[str]:
    """Yield the words of firms' electricity: states, verdicts, periods, lines of a bill."""
    from dianliang.domain.enterprises import queries
    from dianliang.domain.enterprises.lifecycle import RUN
    from dianliang.domain.enterprises.models import FindingDecision
    from dianliang.engines.tariffs import CERTAINTY_WORDS, DAY_WORDS, PERIOD_WORDS

    yield from chain(RUN.labels.values(), (row.label for row in RUN), queries.VIEWS.values())
    yield from (str(label) for label in FindingDecision.Verdict.labels)
    yield from chain(CERTAINTY_WORDS.values(), DAY_WORDS.values(), PERIOD_WORDS.values())
    yield from (f"{words}电量" for words in PERIOD_WORDS.values())
    yield from (f"{words}电价" for words in PERIOD_WORDS.values())
    yield from ("基金及附加", "基本电费", "功率因数调整电费", "需量电价", "容量电价")
    yield from ("名称", "来源", "基本电费规则")


def from_hours() -> Iterator[str]:
    """Yield the words of hours, their notices, appeals, certificates and exchange."""
    from dianliang.domain.hours import anomalies, desk, lifecycle, mapping
    from dianliang.domain.hours.models import Appeal, HourRecord, ServiceCertificate
    from dianliang.engines.attesting import STATE_WORDS
    from dianliang.flows import certifying, giving_hours, hours_exchange

    tables = (
        lifecycle.HOUR,
        lifecycle.HOUR_NOTICE,
        lifecycle.HOUR_APPEAL,
        lifecycle.SERVICE_CERTIFICATE,
    )
    for table in tables:
        yield from chain(table.labels.values(), (row.label for row in table))
    yield from chain(*anomalies.RULES.values(), desk.VIEWS.values(), STATE_WORDS.values())
    yield from chain(mapping.FIELDS.values(), mapping.FORMS, certifying.STATUSES.values())
    yield from (*giving_hours.SERVING.values(), hours_exchange.SHIPPED)
    kinds = (HourRecord.Source, Appeal.Side, ServiceCertificate.Document, ServiceCertificate.Cause)
    for choices in kinds:
        yield from (str(label) for label in choices.labels)


def from_ledger() -> Iterator[str]:
    """Yield the words of books, points and donations."""
    from dianliang.domain.ledger import lifecycle, wording
    from dianliang.domain.ledger.models import Pairing, PointRule
    from dianliang.flows.ledgers import balances, donations

    for table in (
        lifecycle.RULE_VERSION,
        lifecycle.SETTLEMENT,
        lifecycle.APPEAL,
        lifecycle.DRIVE,
        lifecycle.GRANT,
        lifecycle.PAIRING,
    ):
        yield from chain(table.labels.values(), (row.label for row in table))
    yield from chain(wording.SOURCES.values(), wording.OUTSIDE.values(), wording.UNITS.values())
    yield from map(wording.told_in, wording.UNITS.values())
    yield from chain(balances.BY.values(), (label for _, label in donations.GIVERS))
    yield from (str(label) for label in PointRule.Basis.labels)
    yield from (str(label) for _, label in Pairing._meta.get_field("donor_kind").flatchoices)
    yield from ("账户", "月度", "分录", "账本", "分钟", "次")
    for row in shipped_rows("ledger", "Book", "Article"):
        yield from (row["name"], row.get("measure", row["name"]))
        if "measure" in row:
            yield wording.told_in(row["measure"])
    yield from from_records()


def from_records() -> Iterator[str]:
    """Yield what the facts of records behind entries are called."""
    for name in ("records", "earned"):
        path = ROOT / "flows" / "ledgers" / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                yield from texts(node.elts[0])
