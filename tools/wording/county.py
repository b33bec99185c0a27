"""Words of the rooms of villages, of the grid and of who is in charge."""

import ast
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tools.wording.files import ROOT, texts
from tools.wording.party import from_activities, from_campaigns
from tools.wording.service import from_hazards, from_staff


def from_villages() -> Iterator[str]:
    """Yield the words of the pages about villages and of the way to them."""
    from dianliang.faces.console import navigation

    yield from (entry.label for top in navigation.ENTRIES for entry in (top, *top.section))
    yield from from_projects()
    yield from chain(from_network(), from_charges(), from_campaigns(), from_hazards(), from_staff())
    yield from from_activities()


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
                        yield from texts(keyword.value)


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
