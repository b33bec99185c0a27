"""Local issues: reported, accepted, handled, escalated, solved, verified (属地问题)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.grid_projects.lifecycle import ISSUE
from dianliang.domain.grid_projects.models import (
    Issue,
    IssueKind,
    IssueLink,
    IssueNote,
    Milestone,
    Project,
)
from dianliang.domain.grid_projects.operations.projects import UnableToBuildError, require_span
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, TimeUnit

PREFIX = "SD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody found: `blocks_from_on` where it keeps `milestone` from going on."""

    kind: IssueKind
    area: Area
    words: str
    unit: Unit
    milestone: Milestone | None = None
    blocks_from_on: date | None = None
    reporter: Person | None = None
    is_generated: bool = False


@transaction.atomic
def report(*, project: Project, report: Report, by: Actor, at: datetime) -> Issue:
    """Report what stands in a project's way; its clocks start with it (上报).

    Raises:
        UnableToBuildError: the project is over, the milestone was reached, or the day is ahead.
    """
    if project.status in {"CLOSED", "DROPPED"}:
        raise UnableToBuildError("工程已关闭或取消，不能再报属地问题。")
    if report.milestone is not None:
        _require_blockable(project, report, at=at)
    calendar, kind = work_calendar(), report.kind
    made = Issue.objects.create(
        number=next_number(PREFIX, at=at),
        project=project,
        kind=kind,
        area=report.area,
        milestone=report.milestone,
        blocks_from_on=report.blocks_from_on if report.milestone else None,
        words=report.words,
        unit=report.unit,
        reported_at=at,
        reported_by=by.name,
        reporter=report.reporter,
        accept_due_at=calendar.add(at, kind.accept_days, TimeUnit.WORKING_DAYS),
        due_at=calendar.add(at, kind.solve_days, TimeUnit.WORKING_DAYS),
        is_generated=report.is_generated,
    )
    after = f"{project.number} {kind.name}"
    audit.record("grid_projects.issue.report", target=made, by=by, at=at, after=after)
    return made


@transaction.atomic
def move(*, issue: Issue, verb: str, words: str, by: Actor, at: datetime) -> Issue:
    """Accept an issue, handle, escalate, send it back or withdraw it; `words` say why or what.

    Raises:
        UnableToBuildError: the verb needs words.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    ISSUE.target(issue.status, verb, role=by.role)
    if verb in {"escalate", "send_back", "withdraw"} and not words:
        raise UnableToBuildError("请写明原因。", field="words")
    changes: dict[str, object] = {}
    if verb == "accept":
        changes = {"accepted_at": at}
    if verb == "send_back":
        kept = ("solved_by", "solved_by_account", "solved_person", "answer")
        changes = {"solved_at": None, **dict.fromkeys(kept, "")}
    if words:
        note(issue=issue, words=words, file=None, by=by, at=at)
    return transitions.apply(
        issue, verb, lifecycle=ISSUE, by=by, at=at, note=words, changes=changes
    )


@transaction.atomic
def solve(*, issue: Issue, answer: str, by: Actor, at: datetime) -> Issue:
    """Say how an issue was solved; somebody else verifies it (已解决).

    Raises:
        UnableToBuildError: there is no answer.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not answer:
        raise UnableToBuildError("请写明怎么解决的。", field="words")
    changes = {
        "solved_at": at,
        "solved_by": by.name,
        "solved_by_account": by.id,
        "solved_person": by.person_number,
        "answer": answer,
    }
    return transitions.apply(
        issue, "solve", lifecycle=ISSUE, by=by, at=at, note=answer, changes=changes
    )


@transaction.atomic
def verify(*, issue: Issue, by: Actor, at: datetime) -> Issue:
    """Agree that an issue is solved (核实).

    Raises:
        UnableToBuildError: the same person solved it.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if issue.status == "SOLVED" and by.is_who(
        account=issue.solved_by_account, name=issue.solved_by, person=issue.solved_person
    ):
        raise UnableToBuildError("解决的人不能自己核实，请另一人核实。")
    changes = {"verified_person": by.person_number}
    return transitions.apply(issue, "verify", lifecycle=ISSUE, by=by, at=at, changes=changes)


@transaction.atomic
def note(
    *, issue: Issue, words: str, file: StoredFile | None, by: Actor, at: datetime
) -> IssueNote:
    """Write down what was said or shown about an issue.

    Raises:
        UnableToBuildError: it is settled.
    """
    if issue.status in {"VERIFIED", "WITHDRAWN"}:
        raise UnableToBuildError("问题已核实或撤回，不能再补记录。")
    made = IssueNote.objects.create(
        issue=issue, words=words, file=file, noted_at=at, noted_by=by.name
    )
    audit.record("grid_projects.issue.note", target=issue, by=by, at=at, after=words[:60])
    return made


@transaction.atomic
def hand_to(*, issue: Issue, unit: Unit, words: str, by: Actor, at: datetime) -> Issue:
    """Make another unit responsible for an open issue (转责任单位); `words` say why.

    Raises:
        UnableToBuildError: it is solved or settled, or is that unit's already.
    """
    issue = Issue.objects.select_for_update(of=("self",)).select_related("unit").get(pk=issue.pk)
    if issue.status in {"SOLVED", "VERIFIED", "WITHDRAWN"} or issue.unit_id == unit.pk:
        raise UnableToBuildError("问题已解决、已撤回，或已由这个单位负责。", field="unit")
    before, issue.unit = issue.unit.name, unit
    issue.save(update_fields=["unit"])
    IssueNote.objects.create(issue=issue, words=words, noted_at=at, noted_by=by.name)
    audit.record(
        "grid_projects.issue.hand_to",
        target=issue,
        by=by,
        at=at,
        before=before,
        after=unit.name,
        reason=words,
    )
    return issue


@transaction.atomic
def link(*, issue: Issue, kind: str, target: str, by: Actor, at: datetime) -> IssueLink:
    """Tie an issue to what it came from, or led to, in another room.

    Raises:
        UnableToBuildError: a need is an issue already.
    """
    if kind == IssueLink.Kind.NEED and IssueLink.objects.filter(kind=kind, target=target).exists():
        raise UnableToBuildError("这条需求已经转为属地问题。", field="need")
    made, is_new = IssueLink.objects.get_or_create(issue=issue, kind=kind, target=target)
    if is_new:
        audit.record("grid_projects.issue.link", target=issue, by=by, at=at, after=target)
    return made


def _require_blockable(project: Project, report: Report, *, at: datetime) -> None:
    if report.milestone is None or report.blocks_from_on is None:
        raise UnableToBuildError("请填从哪天起受阻。", field="blocks_from_on")
    if report.blocks_from_on > at.astimezone(SHANGHAI).date():
        raise UnableToBuildError("受阻日期不能晚于今天。", field="blocks_from_on")
    require_span(project, report.blocks_from_on, field="blocks_from_on")
    if report.milestone.actual_on is not None:
        raise UnableToBuildError("这个里程碑已经完成，不会再受阻。", field="milestone")
