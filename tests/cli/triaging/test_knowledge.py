"""What a run knows: the shipped catalogue, files of one's own, an installation."""

import json
from importlib.resources import files
from io import BytesIO

import pytest
import xlsxwriter

from dianliang.cli.triaging import knowledge
from dianliang.cli.triaging.arguments import asked
from dianliang.core.checks import InvalidRowsError
from dianliang.core.home import DATABASE
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.catalog.models import Service
from dianliang.domain.territory.models import Area
from dianliang.engines.triage import LexiconChange, NeedText
from dianliang.flows import importing, words
from dianliang.flows.importing.tables import AREAS, names
from dianliang.kernel.actor import Role
from tests.town import NOON

BOAT = {
    "code": "BOAT",
    "name": "渡船接电",
    "keywords": ["渡船", "码头"],
    "examples": ["码头的渡船要接岸电"],
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIANLIANG_DATABASE", raising=False)
    monkeypatch.setenv("DIANLIANG_HOME", str(tmp_path / "none"))
    return tmp_path


def knowing(*words):
    return knowledge.prepared(asked(["--text", "x", *words]))


def suggest(made, text):
    return made.triage.suggest(NeedText(text=text))


def test_the_table_of_areas_is_the_one_that_the_import_has(here):
    assert [*knowledge.AREA_COLUMNS.values()][: knowledge.NEEDED] == names(AREAS)[:4]
    labels = {str(label): str(value) for value, label in Area.Level.choices}
    assert labels.items() <= knowledge.LEVELS.items()
    assert set(knowledge.SERVICE_COLUMNS.values()) <= {
        str(field.verbose_name).replace("排序", "") for field in Service._meta.fields
    }


def test_the_template_of_the_import_is_read_as_it_is(here):
    (here / "areas.xlsx").write_bytes(importing.templates()["areas.xlsx"])

    made = knowing("--areas", "areas.xlsx")

    assert suggest(made, "余村村停电了").places[0].codes == ("330523108204",)
    assert suggest(made, "家里停电了").best.service_code == "PWR-OUTAGE"


def test_services_of_ones_own_replace_the_shipped_ones(here):
    (here / "s.json").write_text(json.dumps([BOAT]), encoding="utf-8")
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["事项编码", "名称", "关键词", "示例说法", "默认紧急"])
        sheet.write_row(1, 0, ["BOAT", "渡船接电", "渡船、码头", "码头的渡船要接岸电", "是"])
    (here / "s.xlsx").write_bytes(content.getvalue())

    by_json, by_table = knowing("--services", "s.json"), knowing("--services", "s.xlsx")

    for made in (by_json, by_table):
        found = suggest(made, "码头的渡船要接岸电")
        assert [category.service_code for category in found.categories] == ["BOAT"]
        assert not suggest(made, "余村村停电").places
    assert suggest(by_table, "码头的渡船要接岸电").urgency == "urgent"


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("[1]", knowledge.UnableToTriageError, "应是一个列表"),
        ("[", knowledge.UnableToTriageError, "不是完整的 JSON"),
        (json.dumps([BOAT, BOAT]), InvalidRowsError, "BOAT"),
        (json.dumps([{"name": "x"}]), InvalidRowsError, "“事项编码”不能为空"),
        ("名称\nx", UnreadableSheetError, "缺少表头：事项编码"),
    ],
)
def test_a_wrong_file_of_services_is_refused_with_its_rows(here, content, error, said):
    (here / "s.json").write_text(content, encoding="utf-8")

    with pytest.raises(error, match=said):
        knowing("--services", "s.json")


def test_an_absent_file_and_an_absent_installation_are_told(here):
    with pytest.raises(knowledge.UnableToTriageError, match="读不了 none"):
        knowing("--services", "none.json")
    with pytest.raises(knowledge.UnableToTriageError, match="没有安装"):
        knowing("--home", "elsewhere")
    assert not (here / "elsewhere").exists()


@pytest.mark.django_db
def test_an_installation_lends_its_catalogue_areas_and_words(here, town):
    home = here / "home"
    home.mkdir()
    (home / DATABASE).touch()
    Service.objects.filter(code="PWR-OUTAGE").delete()
    words.change(
        changes=[LexiconChange(section="danger", kind="起火", word="火老鼠")],
        reason="本地的说法",
        seen=0,
        is_sure=False,
        by=town.actor("LM", Role.ADMINISTRATOR),
        at=NOON,
    )

    made = knowing("--home", str(home))

    codes = {category.service_code for category in suggest(made, "家里停电了").categories}
    assert "PWR-OUTAGE" not in codes
    assert suggest(made, "余村村停电了").places[0].codes == ("V1",)
    assert suggest(made, "屋后火老鼠").dangers
    assert "+1/" in made.words
    assert suggest(knowing("--shipped"), "家里停电了").best.service_code == "PWR-OUTAGE"


def test_without_an_installation_the_shipped_county_is_used(here):
    made = knowing()

    assert "演示县" in made.words
    assert suggest(made, "余村村停电了").places


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"keywords": 5.5}, "keywords 应为文字，或一列文字，现为 5.5"),
        ({"examples": [{"text": "码头"}]}, "examples 应为文字，或一列文字"),
        ({"name": ["渡船"]}, "name 应为文字，现为"),
        ({"description": True}, "description 应为文字，现为 true"),
        ({"is_urgent": "有时"}, "“默认紧急”应为是或否，现为“有时”"),
        ({"is_urgent": ["是"]}, "is_urgent 应为 true 或 false"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_with_its_entry(here, odd, told):
    content = json.dumps([BOAT, {**BOAT, "code": "B2", **odd}], ensure_ascii=False)
    (here / "s.json").write_text(content, encoding="utf-8")

    with pytest.raises(InvalidRowsError) as refusal:
        knowing("--services", "s.json")

    assert "第 2 行" in refusal.value.message
    assert told in refusal.value.message


def test_a_field_that_nobody_knows_is_told(here):
    odd = {**BOAT, "keyword": ["渡口"], "element": "power"}
    (here / "s.json").write_text(json.dumps([odd]), encoding="utf-8")

    (warning,) = knowing("--services", "s.json").warnings

    assert "不认识、没有用上的：keyword。" in warning
    assert "keywords" in warning


def test_what_the_program_itself_brings_is_read_without_a_warning(here):
    shipped = files("dianliang.domain.catalog").joinpath("data", "services.json")
    (here / "s.json").write_bytes(shipped.read_bytes())
    (here / "a.xlsx").write_bytes(importing.templates()["areas.xlsx"])

    made = knowing("--services", "s.json", "--areas", "a.xlsx")

    assert made.warnings == ()
    assert made.triage.suggest(NeedText(text="家里停电了")).categories[0].service_code == (
        "PWR-OUTAGE"
    )
