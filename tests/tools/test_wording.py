"""The tool of the catalogues keeps sentences, and units with both their forms."""

import gettext

import pytest
from tools.wording import catalogues, files, refusals, units

ONE_AND_MANY = {"人": ("person", "people"), "户": ("household", "households")}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "DOMAINS", ("django",))
    monkeypatch.setattr(catalogues, "wanted", lambda _domain="django": ["人", "近 %(n)d 天"])
    monkeypatch.setattr(catalogues, "units", lambda: [*ONE_AND_MANY])
    return tmp_path


def test_a_unit_without_both_its_forms_is_missing_whatever_its_heading_says(folder):
    catalogues.update({"人": "People", "近 %(n)d 天": "in %(n)d {n:day|days}"})

    assert catalogues.missing() == ["counted: 人", "counted: 户"]


def test_what_is_written_is_kept_and_what_is_compiled_says_one_and_many(folder, monkeypatch):
    monkeypatch.setattr(catalogues, "_forms", lambda _known, unit: ONE_AND_MANY[unit])
    catalogues.update({"人": "People", "近 %(n)d 天": "in %(n)d {n:day|days}"})
    monkeypatch.undo()
    monkeypatch.setattr(catalogues, "FOLDER", folder)
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert compiled.npgettext("counted", "人", "人", 1) == "person"
    assert compiled.npgettext("counted", "户", "户", 3) == "households"
    assert compiled.gettext("人") == "People"
    assert catalogues._forms(catalogues.catalogue(), "人") == ("person", "people")


def test_units_are_found_in_pages_and_in_what_figures_are_counted_in():
    found = units.units()

    assert {"人", "支", "项任务", "处隐患", "积分"} <= {*found}
    assert found == sorted({*found})


def test_a_refusal_put_together_of_pieces_is_found(tmp_path, monkeypatch):
    path = tmp_path / "room.py"
    path.write_text('raise DomainError(f"{n} 行不对。")\nraise DomainError("不对。")\n', "utf-8")
    monkeypatch.setattr(refusals, "ROOT", tmp_path)
    monkeypatch.setattr(files, "ROOT", tmp_path)

    assert list(refusals.composed_refusals([path])) == ["room.py:1"]
    assert list(refusals.from_refusals([path])) == ["不对。"]
