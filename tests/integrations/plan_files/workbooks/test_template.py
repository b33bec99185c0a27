"""The template explains itself, and its examples can be tried as they are."""

from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from dianliang.engines import routing
from dianliang.integrations.plan_files.workbooks.columns import PARAMETERS, SHEETS
from dianliang.integrations.plan_files.workbooks.problem import read_workbook
from dianliang.integrations.plan_files.workbooks.template import template

MADE = template(on=date(2026, 11, 23))


def test_the_examples_are_a_problem_that_can_be_planned_whole():
    loaded = read_workbook(MADE, name="模板.xlsx")

    plan = routing.solve(loaded.problem, stop=routing.MaxIterations(limit=200))

    assert loaded.notices == ()
    assert plan.unassigned == ()
    assert routing.check(loaded.problem, plan) == ()
    days = {shift.window.start.date() for team in loaded.problem.teams for shift in team.shifts}
    assert days == {date(2026, 11, 24), date(2026, 11, 25)}


def test_the_defaults_that_the_template_shows_are_those_of_the_engine():
    book = load_workbook(BytesIO(MADE))
    page = book[PARAMETERS.title]
    for row in page.iter_rows(min_row=2):
        row[1].value = row[2].value
    out = BytesIO()
    book.save(out)

    weights = read_workbook(out.getvalue(), name="x.xlsx").problem.weights

    assert weights.unassigned_should == routing.Weights().unassigned_should
    assert abs(weights.unassigned_must / routing.Weights().unassigned_must - 1) < 0.001
    assert weights.late_per_s == routing.Weights().late_per_s


def test_every_column_is_explained_and_every_example_marked():
    book = load_workbook(BytesIO(MADE))
    guide = {str(cell.value) for row in book["说明"] for cell in row if cell.value}

    assert book.sheetnames == ["说明", *(sheet.title for sheet in SHEETS)]
    for sheet in SHEETS:
        page = book[sheet.title]
        assert [cell.value for cell in page[1]] == [column.heading for column in sheet.columns]
        assert {column.heading for column in sheet.columns} <= guide
        for row in page.iter_rows(min_row=2):
            if sheet is not PARAMETERS and row[0].value:
                assert row[0].value.startswith("示例")
                assert row[0].font.italic
