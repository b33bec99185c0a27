"""Words of the rooms of incidents, mobilising, key customers, energy and line guard."""

import ast
from collections.abc import Iterator
from itertools import chain

from tools.wording.files import ROOT, calls, is_chinese, shipped_rows, texts

TOLD_IN = {"label", "title", "method", "counted_in", "note", "caption", "columns"}
"""Words of these names of a figure, a section or a table are shown on pages."""


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
                yield from filter(is_chinese, texts(node.value))


def from_energy_files() -> Iterator[str]:
    """Yield what the columns of files for computations are called, and what belongs in them."""
    from dianliang.flows.energy.inputs import KIND_WORDS
    from dianliang.kernel.errors import OF_FILES

    yield from chain(KIND_WORDS.values(), OF_FILES.values())
    for path in sorted((ROOT / "flows" / "energy").glob("*.py")):
        for keyword in chain.from_iterable(call.keywords for call in calls(path)):
            if keyword.arg == "heading":
                yield from texts(keyword.value)


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

    yield from from_energy_files()
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
