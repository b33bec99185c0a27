"""Keep the English catalogue: ``tools/messages.py check | update | compile``.

Chinese is the message itself. Messages come from templates, from Python, and from the words that
tables and constants carry (states, verbs, plain words of the timeline). The words of the scripts
are a catalogue of their own, which the phone keeps.
"""

import ast
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1] / "src" / "dianliang"
FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
SCRIPTS = "djangojs"
DOMAINS = ("django", SCRIPTS)
IN_A_ROW = "%(first)s%(second)s"
"""Of sentences in a row (`kernel.phrases`): English puts a space between them."""
CHINESE = re.compile("[\u4e00-\u9fff]")
OF_CHINESE = re.compile("[\u4e00-\u9fff\u3001-\u303f\uff00-\uffef]")
"""With its full stops, commas and brackets."""
PLAIN = ("_", "gettext", "gettext_lazy", "Phrase")
KEYWORDS = {**dict.fromkeys(PLAIN), "pgettext": ((1, "c"), 2)}


def from_sources() -> Iterator[str]:
    """Yield the messages of templates and Python files."""
    from django.utils.translation.template import templatize

    for path in sorted(ROOT.rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        if "node_modules" in path.parts or "trans" not in source:
            continue
        source = templatize(source, origin=str(path))
        for _line, message, *_rest in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            yield message if isinstance(message, str) else message[0]
    for path in python_files():
        for call in calls(path):
            place = {**dict.fromkeys(PLAIN, 0), "pgettext": 1}.get(name_of(call))
            if place is not None and len(call.args) > place:
                yield from _texts(call.args[place])


@cache
def python_files() -> tuple[Path, ...]:
    """Return what is read for messages: our files that hold any Chinese, but no migrations."""
    found = (path for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts)
    return tuple(path for path in found if _is_chinese(path.read_text(encoding="utf-8")))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return what a Python file calls, assigns and puts in pairs, also within f-strings."""
    kinds = (ast.Call, ast.Assign, ast.AnnAssign, ast.Tuple)
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in found if isinstance(node, kinds)]


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield what a Python file calls."""
    return (node for node in nodes(path) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


SPEAKS_CHINESE = ("cli", "api", "integrations", "flows/demo", "flows/exercise")
"""Rooms whose refusals are told to who runs the installation, or to programs: in Chinese only."""
READ_BY_PEOPLE = ("integrations/meter_files", "integrations/grid_files")
"""Of these rooms, those whose refusals stand on pages."""
NOT_YET_IN_ENGLISH = ("flows/lineguard", "flows/phone_watch.py", "flows/energy")
"""Rooms whose refusals have no English yet. The list only ever gets shorter."""


def files_in(rooms: Iterable[str]) -> list[Path]:
    """Return the Python files of some rooms."""
    named = [ROOT / room for room in rooms]
    return [path for path in python_files() if any(path == a or a in path.parents for a in named)]


def refusing_files() -> list[Path]:
    """Return the files whose refusals are told in the reader's language: all but those listed."""
    away = {*files_in(SPEAKS_CHINESE), *files_in(NOT_YET_IN_ENGLISH)} - {*files_in(READ_BY_PEOPLE)}
    return [path for path in python_files() if path not in away]


def from_refusals(paths: Iterable[Path] | None = None) -> Iterator[str]:
    """Yield what refusals say in constant words, and the labels of fields that they name."""
    for path in refusing_files() if paths is None else paths:
        constants = _constants(path)
        for call in calls(path):
            if name_of(call).endswith("Error"):
                yield from _told(call.args[:1], constants)
            yield from _told([k.value for k in call.keywords if k.arg == "label"], constants)
        for node in nodes(path):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                is_told = node.targets[0].id in {"message", "words"}
                yield from _told([node.value] if is_told else [], {})
        yield from _labels_by_position(path)


def _labels_by_position(path: Path) -> Iterator[str]:
    """Yield the labels that a file hands by position to functions of its own."""
    source = path.read_text(encoding="utf-8")
    if not re.search(r"\b(label|what): str", source):
        return
    tree = ast.parse(source)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    names = {function.name: [arg.arg for arg in function.args.args] for function in functions}
    for call in calls(path):
        taken = names.get(name_of(call), [])
        for name, told in zip(taken, call.args, strict=False):
            if name in {"label", "what"}:
                yield from _told([told], {})


def from_measuring() -> Iterator[str]:
    """Yield what figures are called in refusals of measuring: pairs of Chinese and English."""
    for path in sorted((ROOT / "engines" / "measurement").glob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                chinese, english = map(list, map(_texts, node.elts))
                if chinese and english and _is_chinese(chinese[0]) and not _is_chinese(english[0]):
                    yield chinese[0]


def composed_refusals(paths: Iterable[Path] | None = None) -> Iterator[str]:
    """Yield where a refusal is put together of pieces, so that no catalogue can hold it.

    Such a sentence is a `Phrase` with named values.
    """
    for path in refusing_files() if paths is None else paths:
        for call in calls(path):
            if name_of(call).endswith("Error"):
                wrong = map(_is_composed, call.args[:1])
            elif name_of(call) in PLAIN:
                wrong = (isinstance(told, ast.JoinedStr) for told in call.args[:1])
            else:
                continue
            if any(wrong):
                yield f"{path.relative_to(ROOT)}:{call.lineno}"


def _is_composed(told: ast.expr) -> bool:
    if isinstance(told, ast.IfExp):
        return _is_composed(told.body) or _is_composed(told.orelse)
    is_made = isinstance(told, ast.JoinedStr) or (
        isinstance(told, ast.BinOp) and isinstance(told.op, ast.Add)
    )
    texts = (node.value for node in ast.walk(told) if isinstance(node, ast.Constant))
    return is_made and any(isinstance(text, str) and OF_CHINESE.search(text) for text in texts)


def _constants(path: Path) -> dict[str, ast.expr]:
    """Return what the names of a file stand for: a refusal may be told by one of them."""
    assigned = (node for node in nodes(path) if isinstance(node, ast.Assign | ast.AnnAssign))
    named = ((getattr(a, "targets", None) or [a.target], a.value) for a in assigned)
    return {
        targets[0].id: value
        for targets, value in named
        if isinstance(targets[0], ast.Name) and targets[0].id.isupper() and value
    }


def _told(told: Iterable[ast.expr], constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the Chinese that is told: constant, one or the other, or of a named constant."""
    for part in told:
        if isinstance(part, ast.IfExp):
            yield from _told((part.body, part.orelse), constants)
        elif isinstance(part, ast.BoolOp | ast.Tuple | ast.Dict):
            yield from _told(getattr(part, "elts", None) or part.values, constants)
        elif isinstance(part, ast.Subscript):
            yield from _told([part.value], constants)
        elif isinstance(part, ast.Name) and part.id in constants:
            yield from _told([constants[part.id]], {})
        else:
            yield from filter(_is_chinese, _texts(part))


def _is_chinese(words: str) -> bool:
    return CHINESE.search(words) is not None


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


def from_branches() -> Iterator[str]:
    """Yield the words of party branches, of themes, and of what is counted by them."""
    from dianliang.domain.branches import lifecycle
    from dianliang.domain.branches.models import Branch, Topic, TopicLead
    from dianliang.domain.branches.queries import links, meetings, register, topics
    from dianliang.flows.themes import kinds, report, tables

    tables_of = (lifecycle.BRANCH, lifecycle.PAIRING, lifecycle.ALLIANCE, lifecycle.SECONDMENT)
    for table in (*tables_of, lifecycle.MEETING, lifecycle.TASK, lifecycle.TOPIC):
        yield from chain(table.labels.values(), (row.label for row in table))
    for views in (register.VIEWS, links.PAIRING_VIEWS, links.SECONDMENT_VIEWS, tables.AXES):
        yield from views.values()
    for views in (meetings.MEETING_VIEWS, meetings.TASK_VIEWS, topics.VIEWS):
        yield from views.values()
    for choices in (Branch.Kind, Topic.Kind, Topic.Better, TopicLead.Tier):
        yield from (str(label) for label in choices.labels)
    yield from (*register.METHOD, *report.METHOD, "党建代表", "外部联建支部")
    yield from (text for _, label, unit in tables.figures() for text in (label, unit))
    for kind in kinds.KINDS:
        yield from (kind.label, *(attribute.label for attribute in kind.attributes))


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


def from_linewatch() -> Iterator[str]:
    """Yield the words of cameras under lines: states, thresholds, signs, troubles, scripts."""
    from dianliang.domain.linewatch import lifecycle, signs, thresholds
    from dianliang.domain.linewatch.queries import cameras as camera_queries
    from dianliang.domain.linewatch.queries import events
    from dianliang.engines.vision._health import WORDS
    from dianliang.faces.console.linewatch import cameras
    from dianliang.faces.console.linewatch.navigation import PAGES
    from dianliang.flows.linewatch import reading, sending, speakers, weekly, zoning

    for table in (lifecycle.CAMERA, lifecycle.EVENT):
        yield from chain(table.labels.values(), (row.label for row in table))
    tables = (
        events.KINDS,
        events.WARNINGS,
        events.VOICES,
        camera_queries.OUTCOMES,
        reading.VIEWS,
        reading.STORY,
        zoning.KINDS,
    )
    for words in (*tables, signs.CODES, WORDS, cameras.WORDS):
        yield from words.values()
    yield from (label for label, *_ in thresholds.RULES.values())
    yield from (label for _, label in PAGES)
    yield from ("线路守护", weekly.PRIVACY, sending.BY_JOB, sending.NOBODY)
    yield from (speakers.LACKING, speakers.BROKEN, *reading.WHY)


def from_appraisal() -> Iterator[str]:
    """Yield the words of task lists, ratings and their rules."""
    from dianliang.domain.appraisal import lifecycle, measures
    from dianliang.domain.appraisal.models import Duty, Indicator, ListItem, RuleBook
    from dianliang.faces.console.appraisal import rounds
    from dianliang.flows.appraisal import standing

    tables = (lifecycle.EDITION, lifecycle.LIST, lifecycle.DUTY, lifecycle.ROUND)
    for table in (*tables, lifecycle.APPEAL):
        yield from chain(table.labels.values(), (row.label for row in table))
    for measure in measures.MEASURES.values():
        yield from (measure.label, measure.unit)
    yield from chain(standing.STATES.values(), rounds.KINDS.values())
    yield from ("人工", "党员", "指标", "特色动作", "全部")
    kinds = (RuleBook.Kind, RuleBook.Subject, RuleBook.Period, Duty.Kind, Indicator.Per)
    for choices in (*kinds, ListItem.Whose):
        yield from (str(label) for label in choices.labels)


def from_honours() -> Iterator[str]:
    """Yield the words of talks, calls, honours, brands and employees' appeals."""
    from dianliang.domain.brands import lifecycle as brands
    from dianliang.domain.brands import queries as brand_book
    from dianliang.domain.brands.models import Brand, BrandReview
    from dianliang.domain.honours import lifecycle as honours
    from dianliang.domain.honours.models import Call, Holder, Level
    from dianliang.domain.honours.queries import calls
    from dianliang.domain.talks import lifecycle as talks
    from dianliang.domain.talks import queries as talk_book
    from dianliang.domain.talks.models import Talk
    from dianliang.domain.voices import lifecycle as voices
    from dianliang.domain.voices import queries as voice_book
    from dianliang.domain.voices.models import Voice

    tables = (honours.CALL, honours.NOMINEE, honours.OBJECTION, honours.HONOUR)
    for table in (*tables, talks.TALK, voices.VOICE, brands.BRAND):
        yield from chain(table.labels.values(), (row.label for row in table))
    yield from (label for _, label in talks.STEPS)
    for views in (talk_book.BOOK_VIEWS, voice_book.VIEWS, calls.VIEWS, brand_book.VIEWS):
        yield from views.values()
    kinds = (Call.Electorate, Call.Ties, Holder, Level, Talk.Occasion, Voice.Channel, Voice.Topic)
    for choices in (*kinds, Brand.Kind, BrandReview.Grade):
        yield from (str(label) for label in choices.labels)
    yield from ("满意", "不满意", "未评价")


def from_energy() -> Iterator[str]:
    """Yield the words of claims and factors."""
    from dianliang.domain.energy.lifecycle import CLAIM, PROJECT
    from dianliang.domain.energy.models import CarbonAccount, Claim, Factor, MeasurementProject
    from dianliang.domain.relief.models import Judgement, MeasurePrice, ProposedArea
    from dianliang.engines.measurement._bounds import TO_CHECK
    from dianliang.engines.measurement._findings import WORDS as FINDINGS
    from dianliang.engines.measurement._findings import message_of
    from dianliang.engines.powerflow import QUANTITY_LABELS
    from dianliang.engines.powerflow import _rules as grid_rules
    from dianliang.faces.console.claims import driving
    from dianliang.faces.console.claims.views import STATES
    from dianliang.faces.console.loading.views import LINES
    from dianliang.faces.console.reach import charging
    from dianliang.faces.console.studies import zones
    from dianliang.flows.carbon.reckoning import BASES, CAVEATS, SCOPES
    from dianliang.flows.relief.options import KIND_LABELS

    yield from chain(CLAIM.labels.values(), (row.label for row in CLAIM), STATES.values())
    yield from chain(PROJECT.labels.values(), (row.label for row in PROJECT))
    yield from chain(BASES.values(), SCOPES.values(), CAVEATS, ("合计",))
    yield from (label for _, label in LINES)
    yield from (label for _name, label, _default in charging.FIELDS)
    yield from (label for _name, label in zones.FIELDS)
    yield from chain(QUANTITY_LABELS.values(), map(str, MeasurePrice.Item.labels))
    rules = (grid_rules.LV_VOLTAGE, grid_rules.MV_VOLTAGE, grid_rules.HV_VOLTAGE)
    limits = grid_rules.DEFAULT_LIMITS
    yield from (rule.clause for rule in (*rules, limits.star, limits.delta))
    yield limits.unbalance_clause
    yield from {row["source"] for row in shipped_rows("relief", "MeasurePrice")}
    yield from chain(KIND_LABELS.values(), map(str, ProposedArea.Outcome.labels))
    kinds = (Claim.Kind, Claim.Measure, Claim.Option, Factor.Kind, Factor.Level)
    for choices in (*kinds, CarbonAccount.Kind, MeasurementProject.Design, Judgement.Line):
        yield from (str(label) for label in choices.labels)
    yield from (message_of(chinese) for chinese, _ in FINDINGS.values())
    yield from (chinese for chinese, _ in TO_CHECK)
    yield from (label for label in driving.LABELS.values())
    yield from ("登记", "随程序提供", "数值", "下限", "上限", "置信水平", "活动数据", "年份")
    yield from ("改造前效率", "改造后效率", "占比", "每天影响电量", "机器台数", "推算节能率")
    yield from ("单机实测节能率", "年节电量", "年减碳量", "年节省电费")


def from_resources() -> Iterator[str]:
    """Yield the words of gear, stores, loans and requests for resources."""
    from dianliang.domain.mobilisation.lifecycle import REQUEST
    from dianliang.domain.resources.lifecycle import COUNT, LOAN, RESOURCE
    from dianliang.domain.resources.operations.things import USUAL_TEST
    from dianliang.domain.resources.queries import loans, things
    from dianliang.flows.mobilising import requesting
    from dianliang.flows.resources import logbook, purposes

    for table in (REQUEST, COUNT, LOAN, RESOURCE):
        yield from chain(table.labels.values(), (row.label for row in table))
    for words in (loans.VIEWS, things.VIEWS, requesting.WHATS, requesting.HOURS):
        yield from words.values()
    yield from chain(
        logbook.KINDS.values(), purposes.KINDS.values(), ("交付时", "归还时", USUAL_TEST)
    )
    for row in shipped_rows("resources", "ResourceKind"):
        yield row["name"]
        for attribute in row["attributes"]:
            yield from (attribute["label"], *attribute.get("choices", ()))


def from_triage() -> Iterator[str]:
    """Yield the words of what triage finds, and of whose a facility is."""
    from dianliang.domain.directory.owners import Owner
    from dianliang.engines.triage import DEFAULT_LEXICON

    yield from (str(label) for label in Owner.labels)
    yield from (*DEFAULT_LEXICON.danger, *DEFAULT_LEXICON.hints)
    yield from ("未定", "以上都不是", "其余事项", "与该事项的例句相近", "与以往同类需求相近")
    yield from ("该服务事项默认紧急", "提到维持生命的设备和停电，请先问清是否断电")


def from_villages() -> Iterator[str]:
    """Yield the words of the pages about villages and of the way to them."""
    from dianliang.faces.console import navigation

    yield from (entry.label for top in navigation.ENTRIES for entry in (top, *top.section))
    yield from from_projects()
    yield from chain(from_network(), from_charges(), from_campaigns(), from_hazards(), from_staff())
    yield from from_activities()


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


def from_campaigns() -> Iterator[str]:
    """Yield the words of campaigns, presence, points of interest and ratings."""
    from dianliang.domain.programs import lifecycle as programs
    from dianliang.domain.programs.models import Correction, PresenceDuty
    from dianliang.domain.venues import rating
    from dianliang.domain.venues.models import PointOfInterest
    from dianliang.flows import site_ratings
    from dianliang.flows.campaigns import choices

    for lifecycle in (programs.CAMPAIGN, programs.TARGET):
        yield from lifecycle.labels.values()
    for offered in (choices.SOURCES, choices.PROOFS, choices.REASONS, choices.SITE_KINDS):
        yield from (label for _, label in (*offered, *choices.WHO, *choices.PHOTO_KINDS))
    yield from (str(label) for label in Correction.Kind.labels)
    yield from (str(label) for label in (*PresenceDuty.Kind.labels, *PointOfInterest.Kind.labels))
    yield from (*rating.SUBJECTS.values(), *site_ratings.METHOD)
    for measure in site_ratings.MEASURES.values():
        yield from (measure.label, measure.good_label)


def from_activities() -> Iterator[str]:
    """Yield the words of sessions, lectures, offers and courses."""
    from dianliang.domain.programs import lifecycle as programs
    from dianliang.domain.programs.models import SessionAttendance, Signup
    from dianliang.domain.programs.models.series import Kind, SignupRole
    from dianliang.domain.programs.operations.attending import DOUBTS
    from dianliang.domain.workforce import gate
    from dianliang.flows.activities import lecture_asking, offer_pages, pages, repeating

    tables = (programs.SESSION, programs.SIGNUP, programs.LECTURE, programs.OFFER)
    for lifecycle in (*tables, programs.COURSE, programs.ENROLMENT):
        yield from chain(lifecycle.labels.values(), (row.label for row in lifecycle))
    for choices in (Kind, SignupRole, Signup.Channel, SessionAttendance.Way):
        yield from (str(label) for label in choices.labels)
    offered = (repeating.FREQUENCIES, repeating.ON_HOLIDAY, repeating.WEEKDAYS, repeating.NTHS)
    yield from (label for _, label in (*chain(*offered), *offer_pages.WAYS))
    yield from (label for _, label in lecture_asking.ASKERS)
    yield from chain(DOUBTS.values(), pages.VIEWS.values(), offer_pages.LABELS.values())
    yield from ("当天不办", "改到", "报名已截止")
    yield from chain(repeating.RULE_WORDS.values(), gate.WORDS.values())
    yield from ("；", "，", "、")


def from_hazards() -> Iterator[str]:
    """Yield the words of inspections and hazards."""
    from dianliang.domain.safety.lifecycle import HAZARD
    from dianliang.faces.console import hazards
    from dianliang.flows import safety_page

    yield from chain(HAZARD.labels.values(), (row.label for row in HAZARD))
    yield from ("发现", "改复查工单", "原因")
    yield from chain(hazards.ASKS.values(), safety_page.VIEWS.values())
    yield from chain(safety_page.GRADES.values(), safety_page.PARTIES.values())


def from_bases() -> Iterator[str]:
    """Yield the words of bases: kinds, hours, checks, figures, notices."""
    from dianliang.domain.insight import base_checks, base_figures, bases
    from dianliang.domain.venues import keepers, notices, opening, proofs, queries, sites, standards
    from dianliang.domain.venues.lifecycle import NOTICE, PROOF
    from dianliang.flows.bases import figures, gaps

    for table in (NOTICE, PROOF):
        yield from chain(table.labels.values(), (row.label for row in table))
    for offered in (sites.KINDS, sites.VENUE_TYPES, proofs.KINDS, notices.KINDS):
        yield from (label for _, label in offered)
    yield from (label for _, label in (*opening.ON_HOLIDAYS, *opening.ON_MAKE_UP))
    yield from (*opening.WEEKDAYS, *opening.REASONS, bases.WHOLE, keepers.NOBODY)
    yield from chain(base_checks.STATE_LABELS.values(), base_checks.WAYS.values())
    for figure in base_figures.FIGURES.values():
        yield from filter(None, (figure.label, figure.good_label))
    yield from (*figures.METHOD, figures.SCORE_LABEL, figures.SOUND, queries.UNPLACED_NAME)
    yield from chain(
        [standards.SHIPPED.name], *((i.name, i.words) for i in standards.SHIPPED.items)
    )
    yield from (*gaps.DUTIES.values(), *gaps.DUTY_WORDS.values(), gaps.UNKNOWN_HOURS)


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


def from_network() -> Iterator[str]:
    """Yield the words of the network and of the files of villages."""
    from dianliang.domain.insight.lifecycle import PLAN_ITEM
    from dianliang.domain.network.loading import STRAIN_LABELS
    from dianliang.domain.network.models import Feeder, Outage, Transformer
    from dianliang.flows.village_file.exporting import KINDS

    yield from PLAN_ITEM.labels.values()
    yield from (row.label for row in PLAN_ITEM)
    yield from STRAIN_LABELS.values()
    yield from KINDS.values()
    for choices in (Feeder.Voltage, Feeder.Kind, Transformer.Use, Outage.Kind):
        yield from (str(label) for label in choices.labels)
    yield from from_sections()


def from_sections() -> Iterator[str]:
    """Yield the labels, titles and columns that the sections of a village's file are made of."""
    named = {"label", "title", "unit", "columns"}
    for path in sorted((ROOT / "flows" / "village_file" / "sections").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                for keyword in call.keywords:
                    if keyword.arg in named:
                        yield from _texts(keyword.value)


def _texts(value: ast.expr) -> Iterator[str]:
    for part in value.elts if isinstance(value, ast.Tuple) else (value,):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def from_projects() -> Iterator[str]:
    """Yield the words of grid projects and local issues."""
    from dianliang.domain.grid_projects import lifecycle
    from dianliang.domain.grid_projects.models import Member, ProjectKind, Voltage
    from dianliang.domain.grid_projects.queries import issues, projects

    for table in (lifecycle.PROJECT, lifecycle.BASELINE, lifecycle.ISSUE):
        yield from table.labels.values()
        yield from (row.label for row in table)
    yield from chain(projects.VIEWS.values(), issues.VIEWS.values())
    for choices in (Member.Post, ProjectKind, Voltage):
        yield from (str(label) for label in choices.labels)


def from_charges() -> Iterator[str]:
    """Yield the words of people in charge, agreements, powers and rebuilding."""
    from dianliang.domain.directory import agreement_book, powers
    from dianliang.domain.directory.lifecycle import AGREEMENT
    from dianliang.domain.directory.models import Agreement, EnforcementCase, PowerKind
    from dianliang.domain.renewal import board
    from dianliang.domain.renewal.lifecycle import STEP
    from dianliang.domain.renewal.models import Delay, IndicatorKind, Party
    from dianliang.domain.territory.models import Area
    from dianliang.domain.workforce import charging
    from dianliang.flows.charging import page
    from dianliang.flows.renewing import moving

    yield from chain(AGREEMENT.labels.values(), STEP.labels.values())
    yield from (row.label for row in chain(AGREEMENT, STEP))
    yield from chain(charging.STATES.values(), page.VIEWS.values(), moving.MOMENTS.values())
    yield from chain(agreement_book.VIEWS.values(), board.VIEWS.values())
    yield from chain(powers.MEASURES.values(), shipped_names())
    places = (Area.Level, Agreement.Kind, EnforcementCase.Outcome, PowerKind.Group)
    for choices in (*places, Party, Delay.Cause, IndicatorKind.Better):
        yield from (str(label) for label in choices.labels)


def shipped_names() -> Iterator[str]:
    """Yield the names and units of the rows that the program brings along, as pages show them."""
    from django.apps import apps

    shown = {
        "ChargeKind",
        "IndicatorKind",
        "IssueKind",
        "PairingMode",
        "PostKind",
        "RoleKind",
        "SecondmentKind",
        "Service",
        "Stage",
        "StepTemplate",
    }
    for app in apps.get_app_configs():
        for model, file in getattr(app, "shipped", {}).items():
            if model in shown:
                rows = json.loads((Path(app.path) / "data" / file).read_text(encoding="utf-8"))
                yield from (row["name"] for row in rows)
                yield from (row["unit"] for row in rows if "unit" in row)


def from_administration() -> Iterator[str]:
    """Yield what the site of administration calls its models and their fields."""
    from django.apps import apps
    from django.contrib import admin

    for model in filter(admin.site.is_registered, apps.get_models()):
        named = model._meta
        told = (named.verbose_name, named.verbose_name_plural, named.app_config.verbose_name)
        yield from filter(_is_chinese, map(str, told))
        for field in named.concrete_fields:
            yield from filter(_is_chinese, map(str, (field.verbose_name, field.help_text)))


def from_rosters() -> Iterator[str]:
    """Yield the words of duty: states, verbs, purposes."""
    from dianliang.domain.rosters.lifecycle import ROSTER, SWAP
    from dianliang.domain.rosters.models import Roster

    yield from chain(ROSTER.labels.values(), SWAP.labels.values())
    yield from (row.label for row in chain(ROSTER, SWAP))
    yield from (str(label) for label in Roster.Purpose.labels)


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
    yield from chain(balances.BY.values(), (label for _, label in donations.GIVERS))
    yield from (str(label) for label in PointRule.Basis.labels)
    yield from (str(label) for _, label in Pairing._meta.get_field("donor_kind").flatchoices)
    yield from ("账户", "月度", "分录", "账本", "分钟", "次")
    for row in shipped_rows("ledger", "Book", "Article"):
        yield from (row["name"], row.get("measure", row["name"]))
    yield from from_records()


def from_records() -> Iterator[str]:
    """Yield what the facts of records behind entries are called."""
    for name in ("records", "earned"):
        path = ROOT / "flows" / "ledgers" / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                yield from _texts(node.elts[0])


def shipped_rows(label: str, *models: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that an app brings along for some of its models."""
    from django.apps import apps

    app = apps.get_app_config(label)
    for model in models:
        path = Path(app.path) / "data" / app.shipped[model]
        yield from json.loads(path.read_text(encoding="utf-8"))


def from_alerts() -> Iterator[str]:
    """Yield the words of alerts, incidents and warnings of our own."""
    from dianliang.domain.incidents import lifecycle
    from dianliang.domain.incidents.models import LogEntry
    from dianliang.domain.incidents.queries import incidents
    from dianliang.domain.incidents.queries.alerts import STANDING_LABELS
    from dianliang.flows.alerts.reading import VIEWS
    from dianliang.flows.incidents import affected, figures, layers
    from dianliang.integrations.cap import model

    for table in (lifecycle.INCIDENT, lifecycle.OBJECTIVE, lifecycle.INCIDENT_ALERT):
        yield from table.labels.values()
        yield from (row.label for row in table)
    for kinds in (incidents.KINDS, incidents.LEVELS, incidents.VIEWS):
        yield from kinds.values()
    yield from (str(label) for label in LogEntry.Kind.labels)
    for kind in (*affected.KINDS, *layers.LAYERS):
        yield from (kind.label, kind.counted_in)
    for figure in figures.FIGURES:
        yield from (figure.label, figure.counted_in, figure.method, *figure.columns)

    for labels in (
        lifecycle.PUBLIC_ALERT_LABELS,
        STANDING_LABELS,
        VIEWS,
        model.STATUS_LABELS,
        model.MESSAGE_TYPE_LABELS,
        model.SEVERITY_LABELS,
        model.URGENCY_LABELS,
        model.CERTAINTY_LABELS,
    ):
        yield from labels.values()


TOLD_IN = {"label", "title", "method", "counted_in", "note", "caption", "columns"}
"""Words of these names of a figure, a section or a table are shown on pages."""


def from_command() -> Iterator[str]:
    """Yield the words of the live board, of reports of the situation and of reviews."""
    from dianliang.domain.mobilisation import lifecycle
    from dianliang.faces.console.command import review
    from dianliang.faces.console.dispatch import views as dispatching
    from dianliang.flows.command import board, effort, sections
    from dianliang.flows.command.review import STEPS
    from dianliang.flows.dispatching import board as drafts
    from dianliang.flows.dispatching import crew_routes

    yield from chain(lifecycle.LESSON_LABELS.values(), (row.label for row in lifecycle.LESSON))
    yield from chain(board.LABELS.values(), review.VIEWS.values(), effort.REASONS.values())
    yield from (*crew_routes.TONES.values(), crew_routes.ORDINARY)
    yield from (effort.OTHER, sections.APART, *(label for _, label in lifecycle.RANKS))
    yield from chain(dispatching.VIEWS.values(), drafts.LABEL_OF.values(), STEPS.values())
    for path in sorted((ROOT / "flows" / "command").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in TOLD_IN:
                yield from filter(_is_chinese, _texts(node.value))


def from_key_customers() -> Iterator[str]:
    """Yield the words of key customers, of their supply and of guarded events."""
    from dianliang.domain.key_customers import following, queries
    from dianliang.domain.key_customers.lifecycle import TABLE, WATCH
    from dianliang.domain.protection.lifecycle import EVENT
    from dianliang.flows.protection import reading

    yield from chain(TABLE.labels.values(), WATCH.labels.values(), queries.VIEWS.values())
    yield from (row.label for row in chain(WATCH, EVENT))
    yield from chain(EVENT.labels.values(), reading.FIGURES.values(), reading.VIEWS.values())
    yield from following.VIEWS.values()
    offered = (queries.GRADES, queries.KINDS, queries.TIE_INS, queries.SUPPLY_KINDS)
    guarded = (reading.LEVELS, reading.LOG_KINDS)
    for choices in (*offered, *guarded, following.STATES, following.OCCASIONS):
        yield from (label for _, label in choices)
    yield from ("线路", "变压器")


def from_booking() -> Iterator[str]:
    """Yield the words of rooms and gear and of who has them."""
    from dianliang.domain.venues.booking.keeping import TYPES
    from dianliang.domain.venues.booking.opening import WEEKDAYS
    from dianliang.domain.venues.booking.use_records import FIGURES
    from dianliang.domain.venues.lifecycle import BOOKING
    from dianliang.domain.venues.models import Bookable
    from dianliang.faces.console.booking import asking, desk, reading, using
    from dianliang.flows.booking import desk as queue
    from dianliang.flows.booking.using import METHOD

    yield from chain(BOOKING.labels.values(), (row.label for row in BOOKING))
    yield from chain(TYPES.values(), WEEKDAYS, METHOD, queue.VIEWS.values(), FIGURES.values())
    for offered in (asking.REPEATS, desk.KINDS, reading.NUMBERS, using.VIEWS):
        yield from (label for _, label in offered)
    for choices in (Bookable.Kind, Bookable.Audience):
        yield from (str(label) for label in choices.labels)
    yield from ("预约人取消", "开始前没有人审批，系统自动取消。", "不是工作日")


def from_scripts() -> Iterator[str]:
    """Yield the messages of the scripts, and the labels that a phone gets with its day."""
    from dianliang.domain.customers.models import Customer
    from dianliang.domain.intake.models import Participant
    from dianliang.domain.mobilisation.lifecycle import RANKS
    from dianliang.domain.work import lifecycle as work
    from dianliang.flows import calling, safety_page

    yield from chain(safety_page.GRADES.values(), safety_page.PARTIES.values())
    yield from work.VISIT.labels.values()
    for choices in (Customer.SpecialKind, Customer.Format):
        yield from (str(label) for label in choices.labels)
    yield from calling.CONTACTS.values()
    yield from (str(label) for _, label in RANKS)
    yield from (str(label) for label in Participant.Kind.labels)
    for path in sorted(ROOT.rglob("static/**/*.js")):
        if "dist" in path.parts:
            continue
        with path.open("rb") as file:
            for _line, message, *_rest in extract("javascript", file, keywords=KEYWORDS):
                yield message if isinstance(message, str) else message[0]


def wanted(domain: str = "django") -> list[str]:
    """Return every message that a page or a script may show, each once."""
    found = (
        from_scripts()
        if domain == SCRIPTS
        else (
            *from_sources(),
            *from_refusals(),
            *from_measuring(),
            *from_administration(),
            *from_tables(),
            *from_triage(),
            *from_villages(),
            *from_rosters(),
            *from_bases(),
            *from_branches(),
            *from_linewatch(),
            *from_appraisal(),
            *from_outreach(),
            *from_enterprises(),
            *from_honours(),
            *from_resources(),
            *from_energy(),
            *from_hours(),
            *from_ledger(),
            *from_booking(),
            *from_alerts(),
            *from_key_customers(),
            *from_command(),
        )
    )
    return sorted({message for message in found if not message.isascii() or message == IN_A_ROW})


def catalogue(domain: str = "django") -> Catalog:
    """Return an English catalogue as it is."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def done_rooms() -> list[str]:
    """Return the rooms that are listed as not yet in English although nothing is left to do."""
    known = catalogue()

    def is_done(room: str) -> bool:
        here = files_in([room])
        said = ((known.get(words) or Message(words)).string for words in from_refusals(here))
        return all(said) and not any(composed_refusals(here))

    return [room for room in NOT_YET_IN_ENGLISH if is_done(room)]


def missing() -> list[str]:
    """Return the messages without an English wording."""
    left = []
    for domain in DOMAINS:
        known = catalogue(domain)
        left += [
            message
            for message in wanted(domain)
            if not (known.get(message) and known[message].string)
        ]
    return left


def update(translations: dict[str, str] | None = None, *, domain: str = "django") -> None:
    """Write a catalogue anew: all wanted messages, what is known kept."""
    known, fresh = (
        catalogue(domain),
        Catalog(locale="en", project="dianliang", version="0.1", charset="utf-8"),
    )
    for message in wanted(domain):
        old = known.get(message)
        text = (translations or {}).get(message) or (old.string if old else "")
        flags = ["python-format"] if "%(" in message else []
        fresh.add(message, text, flags=flags)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{domain}.po").open("wb") as file:
        write_po(file, fresh, width=100, omit_header=False)
    with (FOLDER / f"{domain}.mo").open("wb") as file:
        write_mo(file, fresh)


def main() -> None:
    """Check or update."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    import django

    django.setup()
    verb = sys.argv[1] if len(sys.argv) > 1 else "check"
    if verb == "update":
        for domain in DOMAINS:
            update(domain=domain)
    left = missing()
    print("\n".join(left) or "complete")
    sys.exit(bool(left) and verb == "check")


if __name__ == "__main__":
    main()
