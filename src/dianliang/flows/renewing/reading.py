"""Take in what an Excel file tells of the rebuilding of villages: stages, and indicators."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.renewal import operations
from dianliang.domain.renewal.models import IndicatorKind, Project, Stage, Step
from dianliang.domain.territory.models import Area
from dianliang.flows.renewing.moving import open_village, reason_of
from dianliang.flows.renewing.sheets import (
    AFTER,
    AFTER_ON,
    BATCH,
    BEFORE,
    BEFORE_ON,
    BEGUN,
    BOOK,
    CAUSE,
    CAUSE_OF,
    CODE,
    DONE,
    INDICATOR_COLUMNS,
    INDICATORS,
    KIND,
    PARTY,
    PARTY_OF,
    PLANNED,
    STAGE,
    STAGE_COLUMNS,
    STAGES,
    WHO,
    WORDS,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


@transaction.atomic
def read(*, content: bytes, by: Actor, at: datetime) -> int:
    """Take in what a workbook says; return how many rows changed something.

    Villages are taken in first, then the stages of the work, then indicators, then the stage that
    needs them and those behind it: each may depend on what comes before it.

    Raises:
        UnreadableSheetError: no workbook with one of the two sheets.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
    """
    book = sheets.read_book(
        content,
        name=BOOK,
        headings={STAGES: (CODE, STAGE), INDICATORS: (CODE, KIND)},
        optional={STAGES: STAGE_COLUMNS, INDICATORS: INDICATOR_COLUMNS},
    )
    if not book.rows:
        message = Phrase(
            "%(book)s 没有“%(stages)s”或“%(indicators)s”工作表，请用系统给出的空白模板填写。",
            book=BOOK,
            stages=STAGES,
            indicators=INDICATORS,
        )
        raise sheets.UnreadableSheetError(message)
    reading = _Reading(by, at)
    stages = reading.located(book.rows.get(STAGES, []), STAGES, takes_in=True)
    indicators = reading.located(book.rows.get(INDICATORS, []), INDICATORS, takes_in=False)
    work, behind = reading.split(stages)
    changed = reading.stages(work)
    changed += sum(reading.indicator(row, project) for row, project in indicators)
    changed += reading.stages(behind)
    checks = Checks(BOOK)
    checks.found = [words for told in reading.checks.values() for words in told.found]
    checks.raise_if_any()
    return changed + reading.taken_in


class _Reading:
    """One workbook on its way in: what is known, and what is wrong with it."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self.checks = {
            name: Checks(Phrase("%(book)s“%(name)s”表", book=BOOK, name=name))
            for name in (STAGES, INDICATORS)
        }
        self.villages = {area.code: area for area in areas_of(by).filter(level="village")}
        known = Project.objects.filter(area__in=self.villages.values()).select_related("area")
        self.projects = {project.area.code: project for project in known}
        self.by_stage = {stage.name: stage for stage in Stage.objects.filter(is_active=True)}
        self.kinds = {kind.name: kind for kind in IndicatorKind.objects.filter(is_active=True)}
        self.taken_in = 0

    def located(
        self, rows: Sequence[SheetRow], name: str, *, takes_in: bool
    ) -> list[tuple[SheetRow, Project]]:
        """Return the rows with the projects of their villages; complain about the others."""
        checks, found = self.checks[name], []
        for row in rows:
            code = checks.code(row, CODE, needed=True)
            area = self.villages.get(code)
            if area is None:
                if code:
                    words = Phrase(
                        "村编码 %(code)s 不是本单位服务的村，请改正，或先导入区域。", code=code
                    )
                    checks.add(row, words, CODE)
                continue
            if code not in self.projects and takes_in:
                self._take_in(row, area, checks)
            project = self.projects.get(code)
            if project is not None:
                found.append((row, project))
            elif not takes_in:
                checks.add(
                    row,
                    Phrase(
                        "%(area_name)s还没有列入改造，请先在“%(stages)s”表中列入。",
                        area_name=area.name,
                        stages=STAGES,
                    ),
                    CODE,
                )
        return found

    def _take_in(self, row: SheetRow, area: Area, checks: Checks) -> None:
        batch = checks.text(row, BATCH, 24)
        if len(batch) < 2:
            checks.add(
                row,
                Phrase(
                    "%(area_name)s第一次列入改造，请填写“%(batch)s”。",
                    area_name=area.name,
                    batch=BATCH,
                ),
                BATCH,
            )
            return
        self.projects[area.code] = open_village(area, batch, None, by=self.by, at=self.at)
        self.taken_in += 1

    def split(
        self, rows: Sequence[tuple[SheetRow, Project]]
    ) -> tuple[list[tuple[SheetRow, Project]], list[tuple[SheetRow, Project]]]:
        """Return the rows of stages before the indicators of after, and the others."""
        needing = [stage.position for stage in self.by_stage.values() if stage.needs_after]
        work = {
            stage.name
            for stage in self.by_stage.values()
            if not needing or stage.position < min(needing)
        }
        early = [told for told in rows if told[0].get(STAGE) in work]
        return early, [told for told in rows if told[0].get(STAGE) not in work]

    def indicator(self, row: SheetRow, project: Project) -> bool:
        """Write one row of the sheet of indicators."""
        checks = self.checks[INDICATORS]
        kind = self.kinds.get(row.get(KIND))
        if kind is None:
            words = Phrase(
                "“%(heading)s”应为%(labels)s之一，现为“%(value)s”。",
                heading=KIND,
                labels="、".join(self.kinds),
                value=row.get(KIND),
            )
            checks.add(row, words, KIND)
            return False
        changed = False
        for moment, value, day in (("before", BEFORE, BEFORE_ON), ("after", AFTER, AFTER_ON)):
            number = checks.number(row, value, least=0, most=1e9)
            on = checks.day(row, day)
            if number is None:
                continue
            if on is None:
                if not row.get(day):
                    checks.add(
                        row,
                        Phrase("填了“%(heading)s”就要填“%(day)s”。", heading=value, day=day),
                        day,
                    )
                continue
            if self._is_known(project, kind, moment, number, on):
                continue
            try:
                operations.measure(
                    project=project,
                    moment=moment,
                    values={kind.code: number},
                    on=on,
                    by=self.by,
                    at=self.at,
                )
            except DomainError as refusal:
                checks.add(row, refusal.message, day if refusal.field == "on" else value)
            changed = True
        return changed

    def _is_known(
        self, project: Project, kind: IndicatorKind, moment: str, value: float, on: date
    ) -> bool:
        same = {moment: value, f"{moment}_on": on}
        return project.readings.filter(kind=kind, **same).exists()

    def stages(self, rows: Sequence[tuple[SheetRow, Project]]) -> int:
        """Write the rows of the sheet of stages, each village from its first stage on."""
        checks, found = self.checks[STAGES], []
        seen: dict[tuple[int, int], int] = {}
        for row, project in rows:
            stage = self.by_stage.get(row.get(STAGE))
            if stage is None:
                words = Phrase(
                    "“%(heading)s”应为%(labels)s之一，现为“%(value)s”。",
                    heading=STAGE,
                    labels="、".join(self.by_stage),
                    value=row.get(STAGE),
                )
                checks.add(row, words, STAGE)
                continue
            first = seen.setdefault((project.pk, stage.pk), row.number)
            if first != row.number:
                checks.add(
                    row,
                    Phrase("与第 %(first)s 行是同一村的同一阶段，请删去其中一行。", first=first),
                    STAGE,
                )
                continue
            found.append((project.pk, stage.position, stage, row))
        changed = 0
        for project_id, _, stage, row in sorted(found, key=lambda item: item[:2]):
            step = Step.objects.select_related("stage", "project__area").get(
                project_id=project_id, stage=stage
            )
            try:
                changed += self._step(row, step)
            except DomainError as refusal:
                step.refresh_from_db(fields=["status"])
                which = BEGUN if step.status == "PENDING" else DONE
                heading = {"planned_on": PLANNED, "cause": CAUSE, "on": which}
                checks.add(row, refusal.message, heading.get(refusal.field or "", STAGE))
        return changed

    def _step(self, row: SheetRow, step: Step) -> bool:
        checks = self.checks[STAGES]
        planned, begun, done = (checks.day(row, name) for name in (PLANNED, BEGUN, DONE))
        reason = reason_of(checks.choice(row, CAUSE, CAUSE_OF, ""), checks.text(row, WORDS, 200))
        party = checks.choice(row, PARTY, PARTY_OF, step.party)
        who = checks.text(row, WHO, 40) or step.responsible
        planned = planned or step.planned_on
        before = (step.status, step.planned_on, step.party, step.responsible)
        if planned is None and (party, who) != before[2:]:
            words = Phrase(
                "改“%(party)s”或“%(who)s”时，请同时填写“%(planned)s”。",
                party=PARTY,
                who=WHO,
                planned=PLANNED,
            )
            checks.add(row, words, PLANNED)
        elif planned and (planned, party, who) != before[1:]:
            step = operations.plan(
                step=step,
                planned_on=planned,
                party=party,
                responsible=who,
                reason=reason,
                by=self.by,
                at=self.at,
            )
        if begun and step.status == "PENDING":
            step = operations.begin(step=step, on=begun, by=self.by, at=self.at)
        if done and step.status == "RUNNING":
            step = operations.finish(step=step, on=done, reason=reason, by=self.by, at=self.at)
        self._require_same(row, step, begun, done)
        return before != (step.status, step.planned_on, step.party, step.responsible)

    def _require_same(
        self, row: SheetRow, step: Step, begun: date | None, done: date | None
    ) -> None:
        checks = self.checks[STAGES]
        for given, stored, heading in ((begun, step.begun_on, BEGUN), (done, step.done_on, DONE)):
            if given and stored is None:
                checks.add(
                    row,
                    Phrase(
                        "“%(name)s”还没有开始，不能填“%(heading)s”。",
                        name=step.stage.name,
                        heading=heading,
                    ),
                    heading,
                )
            elif given and given != stored:
                words = Phrase(
                    "系统中“%(heading)s”已是 %(stored)s，表中为 %(given)s；"
                    "需要更正请在页面上退回重做。",
                    heading=heading,
                    stored=stored,
                    given=given,
                )
                checks.add(row, words, heading)
