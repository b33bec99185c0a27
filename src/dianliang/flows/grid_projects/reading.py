"""Take in what an Excel file tells of grid projects: new ones with a plan, days of milestones."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dianliang.core import sheets
from dianliang.core.checks import Checks, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.models import Milestone, Project
from dianliang.domain.grid_projects.operations import baselines, projects
from dianliang.domain.grid_projects.operations.expecting import Forecast, forecast_all
from dianliang.flows.grid_projects.keeping import Asked, details_of
from dianliang.flows.grid_projects.sheets import (
    AREAS,
    BOOK,
    BUDGET,
    CAPACITY,
    EXPECTED,
    KIND,
    KIND_OF,
    LENGTH,
    NAME,
    NUMBER,
    PLANNED,
    PROJECT_COLUMNS,
    PROJECTS,
    REACHED,
    STARTS,
    STEP,
    STEP_COLUMNS,
    STEPS,
    UNIT,
    VOLTAGE,
    VOLTAGE_OF,
    WHO,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 2000
FIRST_PLAN = "导入的第一版计划"


@transaction.atomic
def read(*, content: bytes, by: Actor, at: datetime) -> int:
    """Take in what a workbook says, all or nothing; return how many rows changed something.

    Raises:
        UnreadableSheetError: no workbook with one of the two sheets, or too many rows.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
    """
    book = sheets.read_book(
        content,
        name=BOOK,
        headings={PROJECTS: (NAME, KIND), STEPS: (NAME, STEP)},
        optional={PROJECTS: PROJECT_COLUMNS, STEPS: STEP_COLUMNS},
    )
    if not book.rows:
        message = Phrase(
            "%(book)s 没有“%(a)s”或“%(b)s”工作表，请用系统给出的空白模板填写。",
            book=BOOK,
            a=PROJECTS,
            b=STEPS,
        )
        raise sheets.UnreadableSheetError(message)
    count = sum(len(rows) for rows in book.rows.values())
    if count > MOST_ROWS:
        message = Phrase(
            "%(book)s 有 %(n)d 行，一次最多 %(most)d 行，请分几个文件导入。",
            book=BOOK,
            n=count,
            most=MOST_ROWS,
        )
        raise sheets.UnreadableSheetError(message)
    reading = _Reading(by, at)
    changed = sum(reading.project(row) for row in book.rows.get(PROJECTS, []))
    rows = book.rows.get(STEPS, [])
    changed += sum(reading.step(row) for row in rows)
    reading.plans(rows)
    reading.expect()
    checks = Checks(BOOK)
    checks.found = [words for told in reading.checks.values() for words in told.found]
    checks.raise_if_any()
    return changed


class _Reading:
    """One workbook on its way in: what is known, and what is wrong with it."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self.checks = {
            name: Checks(Phrase("%(book)s“%(name)s”表", book=BOOK, name=name))
            for name in (PROJECTS, STEPS)
        }
        # All that steps ask for at once: a wrong file of 2000 rows costs no query for each.
        own = access.own(by).prefetch_related("milestones")
        self.known = {row.number: row for row in own}
        self.new: dict[str, Project] = {}
        self.steps: dict[int, dict[str, Milestone]] = {}
        self.starts: dict[str, date] = {}
        self.forecasts: dict[int, Forecast] = {}

    def project(self, row: SheetRow) -> bool:
        """Open a project that has no number; one that has stays as it is."""
        checks = self.checks[PROJECTS]
        number, name = row.get(NUMBER), checks.text(row, NAME, 80, needed=True)
        if number:
            if number not in self.known:
                words = Phrase("没有编号 %(number)s 的工程；新工程请把编号留空。", number=number)
                checks.add(row, words, NUMBER)
            return False
        if name in self.new:
            checks.add(row, Phrase("名称“%(name)s”在表中出现两次。", name=name), NAME)
            return False
        asked = Asked(
            name=name,
            kind=checks.choice(row, KIND, KIND_OF, ""),
            voltage=checks.choice(row, VOLTAGE, VOLTAGE_OF, ""),
            areas=tuple(parts_of(row.get(AREAS))),
            length_km=row.get(LENGTH),
            capacity_mva=row.get(CAPACITY),
            budget_cny=row.get(BUDGET),
            unit=row.get(UNIT),
        )
        starts_on = checks.day(row, STARTS)
        try:
            details = details_of(asked, by=self.by)
            made = projects.open_project(details=details, by=self.by, at=self.at)
        except DomainError as refusal:
            heading = HEADINGS.get(refusal.field or "", NAME)
            is_told = heading in {KIND, VOLTAGE} and bool(row.get(heading))
            if name and not is_told:
                checks.add(row, refusal.message, heading)
            return False
        self.new[name] = made
        if starts_on is not None:
            self.starts[name] = starts_on
        return True

    def step(self, row: SheetRow) -> bool:
        """Write what a row says of a milestone of a known project."""
        checks = self.checks[STEPS]
        number = row.get(NUMBER)
        if not number:
            return False
        project = self.known.get(number)
        if project is None:
            words = Phrase("没有编号 %(number)s 的工程。", number=number)
            checks.add(row, words, NUMBER)
            return False
        step = self._step(project, row)
        expected, reached = checks.day(row, EXPECTED), checks.day(row, REACHED)
        if step is None:
            return False
        try:
            return self._write(project, step, expected, reached, checks.text(row, WHO, 40))
        except DomainError as refusal:
            checks.add(row, refusal.message, REACHED if reached else EXPECTED)
            return False

    def _step(self, project: Project, row: SheetRow) -> Milestone | None:
        if project.pk not in self.steps:
            self.steps[project.pk] = {step.name: step for step in project.milestones.all()}
        found = self.steps[project.pk].get(row.get(STEP))
        if found is None:
            words = Phrase(
                "工程 %(number)s 没有里程碑“%(name)s”。", number=project.number, name=row.get(STEP)
            )
            self.checks[STEPS].add(row, words, STEP)
        return found

    def _write(
        self,
        project: Project,
        step: Milestone,
        expected: date | None,
        reached: date | None,
        who: str,
    ) -> bool:
        """Write down a day that was reached; note one that is expected, to be written at once."""
        if reached is not None:
            self.forecasts.pop(step.pk, None)
            if step.actual_on == reached:
                return False
            if step.actual_on is None:
                projects.reach(milestone=step, on=reached, by=self.by, at=self.at)
                return True
            projects.correct(
                milestone=step, on=reached, reason="按导入的表更正", by=self.by, at=self.at
            )
            return True
        same = expected in {None, step.forecast_on} and who in {"", step.responsible}
        if same:
            return False
        on = expected or step.forecast_on
        projects.require_forecast(project, step, on, at=self.at)
        told = Forecast(milestone=step, on=on, responsible=who or step.responsible)
        self.forecasts[step.pk] = told
        return True

    def expect(self) -> None:
        """Write all days that are expected, if nothing in the file is wrong."""
        told = [*self.forecasts.values()]
        if told and not any(checks.found for checks in self.checks.values()):
            forecast_all(forecasts=told, by=self.by, at=self.at)

    def plans(self, rows: Sequence[SheetRow]) -> None:
        """Propose the planned days of new projects as their first baselines."""
        checks = self.checks[STEPS]
        days: dict[str, dict[str, date]] = {}
        last: dict[str, SheetRow] = {}
        for row in rows:
            name = row.get(NAME)
            if row.get(NUMBER) or name not in self.new:
                if not row.get(NUMBER):
                    words = Phrase("“工程”表中没有名称为“%(name)s”的新工程。", name=name)
                    checks.add(row, words, NAME)
                continue
            step, on = self._step(self.new[name], row), checks.day(row, PLANNED)
            if step is not None and on is not None:
                days.setdefault(name, {})[step.code] = on
                last[name] = row
        for name, planned in days.items():
            if name not in self.starts:
                words = Phrase("请在“工程”表填“%(heading)s”。", heading=STARTS)
                checks.add(last[name], words, NAME)
                continue
            try:
                baselines.propose(
                    project=self.new[name],
                    starts_on=self.starts[name],
                    days=planned,
                    reason=FIRST_PLAN,
                    by=self.by,
                    at=self.at,
                )
            except DomainError as refusal:
                checks.add(last[name], refusal.message, PLANNED)


HEADINGS = {
    "name": NAME,
    "kind": KIND,
    "voltage": VOLTAGE,
    "areas": AREAS,
    "length_km": LENGTH,
    "capacity_mva": CAPACITY,
    "budget_cny": BUDGET,
    "unit": UNIT,
}
"""Which column a refused field stands in."""
