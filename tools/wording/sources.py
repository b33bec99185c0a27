"""Words of templates, of Python, of scripts and of the site of administration."""

import ast
import io
from collections.abc import Iterator
from itertools import chain

from babel.messages.extract import extract

from tools.wording.files import ROOT, calls, is_chinese, name_of, nodes, python_files, texts

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
                yield from texts(call.args[place])


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


def from_measuring() -> Iterator[str]:
    """Yield what figures are called in refusals of measuring: pairs of Chinese and English."""
    for path in sorted((ROOT / "engines" / "measurement").glob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                chinese, english = map(list, map(texts, node.elts))
                if chinese and english and is_chinese(chinese[0]) and not is_chinese(english[0]):
                    yield chinese[0]


def from_administration() -> Iterator[str]:
    """Yield what the site of administration calls its models and their fields."""
    from django.apps import apps
    from django.contrib import admin

    for model in filter(admin.site.is_registered, apps.get_models()):
        named = model._meta
        told = (named.verbose_name, named.verbose_name_plural, named.app_config.verbose_name)
        yield from filter(is_chinese, map(str, told))
        for field in named.concrete_fields:
            yield from filter(is_chinese, map(str, (field.verbose_name, field.help_text)))
            yield from filter(is_chinese, (str(label) for _, label in field.flatchoices))
