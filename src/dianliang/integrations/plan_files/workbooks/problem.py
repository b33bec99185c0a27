"""Read the workbook of a dispatcher into a problem: every wrong cell is told at once."""

from collections.abc import Mapping
from difflib import get_close_matches

from dianliang.core.checks import InvalidRowsError
from dianliang.engines.routing import GreatCircle, Problem, Weights
from dianliang.integrations.plan_files.checking import doubts_of
from dianliang.integrations.plan_files.loaded import Coordinates, Loaded, errors_of, mover
from dianliang.integrations.plan_files.workbooks import columns
from dianliang.integrations.plan_files.workbooks.book import Book, opened
from dianliang.integrations.plan_files.workbooks.jobs import jobs_of, links_of, locks_of, series_of
from dianliang.integrations.plan_files.workbooks.teams import teams_of
from dianliang.integrations.plan_files.years import doubtful_years

NEARLY = 0.5
"""A name without its unit is still recognised."""
SYSTEMS = {
    "WGS 84": Coordinates.WGS84.value,
    "WGS84": Coordinates.WGS84.value,
    "GCJ-02": Coordinates.GCJ02.value,
    "GCJ02": Coordinates.GCJ02.value,
}


def read_workbook(content: bytes, *, name: str) -> Loaded:
    """Return the problem of a workbook that was made from the template.

    Raises:
        UnreadableSheetError: it is no such workbook.
        InvalidRowsError: every wrong cell, with its place.
    """
    book = opened(content, name=name)
    coordinates, settings = _settings(book)
    teams = teams_of(book, mover(coordinates))
    jobs = jobs_of(book, teams, mover(coordinates))
    problem = Problem(
        jobs=tuple(jobs),
        teams=tuple(teams.values()),
        travel=GreatCircle(**_of("GreatCircle", settings)),
        weights=Weights(**_of("Weights", settings)),
        locks=tuple(locks_of(book, teams)),
        links=tuple(links_of(book, {job.id: job for job in jobs})),
        series=tuple(series_of(book)),
    )
    faults = book.faults
    faults += errors_of(problem, book.spots, is_partial=bool(faults))
    notices = tuple(book.notices)
    if not faults:
        faults, more = doubts_of(problem, book.spots)
        notices += (*more, *doubtful_years(problem, book.spots))
    if faults:
        raise InvalidRowsError(faults)
    return Loaded(problem=problem, labels=book.labels, notices=notices)


def _settings(book: Book) -> tuple[Coordinates, dict[str, float]]:
    """Return what the positions mean, and the values of other settings by the field they fill."""
    known = {setting.name: setting for setting in columns.SETTINGS}
    coordinates = Coordinates.WGS84
    found: dict[str, float] = {}
    for cells in book.cells(columns.PARAMETERS):
        name = cells.text("参数")
        if name == columns.SYSTEM:
            chosen = cells.checks.choice(cells.row, "值", SYSTEMS, Coordinates.WGS84)
            coordinates = Coordinates(chosen)
        elif name in known:
            setting = known[name]
            value = cells.number("值", least=setting.least, most=setting.most)
            if value is not None:
                found[setting.fills] = value * setting.per_unit
        else:
            close = get_close_matches(name, [columns.SYSTEM, *known], n=1, cutoff=NEARLY)
            hint = f"是不是“{close[0]}”？" if close else "请照模板里的名称填写。"
            cells.complain("参数", f"参数“{name}”不认识，{hint}")
    return coordinates, found


def _of(owner: str, settings: Mapping[str, float]) -> dict[str, float]:
    return {
        name.partition(".")[2]: value
        for name, value in settings.items()
        if name.startswith(f"{owner}.")
    }
