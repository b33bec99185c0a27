"""Pages in English say one thing in the singular."""

import ast
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from dianliang.domain.ledger.models import Book
from dianliang.domain.ledger.wording import said
from dianliang.faces.ui.templatetags.ui import counted, translated
from dianliang.faces.ui.wording import gettext

FACES = Path(__file__).resolve().parents[3] / "src" / "dianliang" / "faces"
TILE = Template('{% load ui %}<strong>{{ n }}</strong> {{ "支"|counted:n }}')


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(("n", "told"), [(1, "1</strong> team"), (2, "2</strong> teams")])
def test_a_tile_of_one_says_the_singular(english, n, told):
    assert TILE.render(Context({"n": n})) == f"<strong>{told}"


def test_chinese_has_one_form():
    with translation.override("zh-hans"):
        assert {TILE.render(Context({"n": n}))[-1] for n in (1, 2)} == {"支"}


@pytest.mark.parametrize("unit", ["人", "户", "张请求", "项任务", "条预警"])
def test_every_unit_of_a_tile_has_a_singular_of_its_own(english, unit):
    assert counted(unit, 1) != counted(unit, 2)
    assert counted(unit, "1") == counted(unit, 1)


def test_a_unit_that_somebody_made_up_stays_as_it_is(english):
    assert counted("箩筐", 1) == "箩筐"


@pytest.mark.parametrize(("n", "told"), [(1, "1 hour"), (3, "3 hours")])
def test_a_message_with_its_number_agrees_wherever_it_is_put_together(english, n, told):
    words = "{% load i18n %}{% blocktranslate %}{{ n }} 小时{% endblocktranslate %}"

    assert gettext("%(n)s 小时") % {"n": n} == told
    assert Template(words).render(Context({"n": n})) == told


def test_a_sentence_of_a_page_can_be_kept_under_a_name(english):
    words = "{% blocktranslate asvar kept %}{{ n }} 小时{% endblocktranslate %}[{{ kept }}]"

    assert Template("{% load i18n %}" + words).render(Context({"n": 1})) == "[1 hour]"


def test_an_amount_of_a_book_says_its_unit_in_the_singular(english):
    assert translated(said(1, Book.Quantity.POINTS)) == "1 point"
    assert translated(said(1200, Book.Quantity.POINTS)) == "1,200 points"


def test_python_of_pages_puts_no_values_into_a_message_that_cannot_agree():
    """Django's own `gettext` leaves forms as they are: `faces.ui.wording` chooses."""
    wrong = []
    for path in FACES.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "import gettext as _" not in source or "faces.ui.wording import gettext" in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                called = getattr(node.left, "func", None)
                if getattr(called, "id", "") == "_":
                    wrong.append(f"{path.name}:{node.lineno}")

    assert wrong == []
