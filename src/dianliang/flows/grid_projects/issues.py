"""Report local issues, act on them, and carry answers to needs and tasks to joint meetings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core.checks import day_of
from dianliang.core.files import keep_image, read_token
from dianliang.core.papers import keep_paper
from dianliang.domain.branches.access import meetings
from dianliang.domain.branches.models import Resolution, Task
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.lifecycle import OPEN_ISSUES
from dianliang.domain.grid_projects.models import Issue, IssueKind, IssueLink, Milestone, Project
from dianliang.domain.grid_projects.operations import issues
from dianliang.domain.grid_projects.queries.issues import note_file
from dianliang.domain.intake import access as intake
from dianliang.domain.intake.models import Need
from dianliang.domain.intake.operations import handling
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.models import Person
from dianliang.flows.branches import meeting
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

VERBS = frozenset({"accept", "handle", "escalate", "solve", "verify", "send_back", "withdraw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a form says of an issue, as typed."""

    kind: str
    area: str
    words: str
    milestone: str = ""
    blocks_from_on: date | None = None
    unit: str = ""
    photo: bytes | None = None
    need: str = ""


def found_in(sent: Mapping[str, str], *, photo: bytes | None) -> Found:
    """Return what a form says of an issue.

    Raises:
        InvalidInputError: the day makes no sense.
    """
    plain = ("kind", "area", "words", "milestone", "unit")
    text = sent.get("blocks_from_on", "")
    on = day_of(text) if text else None
    if text and on is None:
        raise InvalidInputError("受阻日期应为“年-月-日”。", field="blocks_from_on")
    return Found(
        blocks_from_on=on,
        photo=photo,
        need=sent.get("need", "").strip().replace("\0", "")[:24],
        **{name: sent.get(name, "") for name in plain},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the form for an issue of a project offers."""

    kinds: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    milestones: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


def offered(project_number: str, *, by: Actor) -> Offered:
    """Return what one may choose from when reporting on a project.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = access.project_to_see(project_number, by=by)
    kinds = IssueKind.objects.filter(is_active=True)
    open_steps = project.milestones.filter(actual_on=None)
    return Offered(
        kinds=tuple((kind.code, kind.name) for kind in kinds),
        areas=tuple((area.code, _place(area)) for area in _places(project)),
        milestones=tuple((row.code, row.name) for row in open_steps),
        units=tuple((unit.code, unit.name) for unit in _units(project)),
    )


def _place(area: Area) -> str:
    return f"{area.parent.name if area.parent else ''} {spoken_name(area.name)}".strip()


def _places(project: Project) -> list[Area]:
    """Return the villages that a project touches; of a township all its villages."""
    found: dict[int, Area] = {}
    for area in project.areas.all():
        below = Area.objects.filter(path__startswith=area.path, level=Area.Level.VILLAGE)
        for village in below.select_related("parent").order_by("path"):
            found[village.pk] = village
    return list(found.values())


def _units(project: Project) -> list[Unit]:
    """Return who may answer for an issue: the builder, what serves the areas, the task force."""
    serving = [unit_for(service=None, area=area)[0] for area in project.areas.all()]
    sitting = Unit.objects.filter(pk__in=project.members.filter(until_on=None).values("unit"))
    rows = {unit.pk: unit for unit in [project.unit, *serving, *sitting]}
    return list(rows.values())


@transaction.atomic
def report(*, project_number: str, found: Found, by: Actor, at: datetime) -> Issue:
    """Report an issue of a project, perhaps with a photo, perhaps out of a need.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: a field makes no sense; it is named.
    """
    project = access.project_to_report(project_number, by=by)
    need = intake.need_to_handle(found.need, by=by) if found.need else None
    area = next((a for a in _places(project) if a.code == found.area), None)
    if area is None:
        raise InvalidInputError("请选择工程涉及的村（社区）。", field="area")
    kind = IssueKind.objects.filter(code=found.kind.replace("\0", ""), is_active=True).first()
    if kind is None:
        raise InvalidInputError("请选择问题类型。", field="kind")
    told = issues.Report(
        kind=kind,
        area=area,
        words=clean_text(found.words, field="words", label="情况", most=500, least=4),
        unit=_answering(project, area, found.unit),
        milestone=_milestone(project, found.milestone),
        blocks_from_on=found.blocks_from_on,
        reporter=Person.objects.filter(number=by.person_number).first()
        if by.person_number
        else None,
    )
    made = issues.report(project=project, report=told, by=by, at=at)
    if found.photo:
        file = keep_image(found.photo, at=at, field="photo")
        issues.note(issue=made, words="上报照片", file=file, by=by, at=at)
    if need is not None:
        issues.link(issue=made, kind=IssueLink.Kind.NEED, target=need.number, by=by, at=at)
        words = f"已转为电网工程“{project.name}”的属地问题 {made.number}，由{told.unit.name}协调。"
        handling.tell(need=need, text=words, is_internal=False, by=by, at=at)
    return made


def _answering(project: Project, area: Area, code: str) -> Unit:
    if not code:
        return unit_for(service=None, area=area)[0]
    found = next((unit for unit in _units(project) if unit.code == code), None)
    if found is None:
        raise InvalidInputError("请选择责任单位。", field="unit")
    return found


def _milestone(project: Project, code: str) -> Milestone | None:
    if not code:
        return None
    found = project.milestones.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise InvalidInputError("请选择这个工程的里程碑。", field="milestone")
    return found


@transaction.atomic
def act(
    *, number: str, verb: str, words: str, content: bytes | None, by: Actor, at: datetime
) -> Issue:
    """Do one thing with an issue, perhaps showing a photo or a paper; a need hears the answer.

    Raises:
        NotVisibleError: absent, another's, or no such verb.
        InvalidInputError, UnableToBuildError, IllegalTransitionError: see the operations.
    """
    if verb not in VERBS:
        raise NotVisibleError("没有这种操作。")
    issue = access.issue_to_handle(number, by=by)
    told = clean_text(words, field="words", label="说明", most=500)
    if content:
        file = keep_paper(content, at=at, field="file")
        issues.note(issue=issue, words=told or "现场照片", file=file, by=by, at=at)
    if verb == "solve":
        return issues.solve(issue=issue, answer=told, by=by, at=at)
    if verb == "verify":
        done = issues.verify(issue=issue, by=by, at=at)
        _tell_need(done, by=by, at=at)
        return done
    return issues.move(issue=issue, verb=verb, words=told, by=by, at=at)


def hand_to(*, number: str, unit: str, words: str, by: Actor, at: datetime) -> Issue:
    """Make another unit responsible for an issue, saying why.

    Raises:
        NotVisibleError: absent, another's, or not the actor's to assign.
        InvalidInputError, UnableToBuildError: no such unit or no reason; see the operation.
    """
    issue = access.issue_to_assign(number, by=by)
    why = clean_text(words, field="words", label="原因", most=500, least=2)
    found = Unit.objects.filter(code=unit.replace("\0", "")).first()
    if found is None:
        raise InvalidInputError("请选择责任单位。", field="unit")
    return issues.hand_to(issue=issue, unit=found, words=why, by=by, at=at)


def _tell_need(issue: Issue, *, by: Actor, at: datetime) -> None:
    """Tell who asked what came of it; his need itself is settled by whoever handles it."""
    targets = issue.links.filter(kind=IssueLink.Kind.NEED).values_list("target", flat=True)
    for need in Need.objects.filter(number__in=targets):
        # The desk's own answer may name people and sums: it stays inside.
        words = f"您反映的情况已由{issue.unit.name}处理完毕，并经另一人核实（{issue.number}）。"
        handling.tell(need=need, text=words, is_internal=False, by=by, at=at)


@transaction.atomic
def note(*, number: str, words: str, content: bytes | None, by: Actor, at: datetime) -> Issue:
    """Add words, perhaps with a photo or a paper, to an issue.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBuildError: see the operation.
    """
    issue = access.issue_to_handle(number, by=by)
    told = clean_text(words, field="words", label="说明", most=500, least=2)
    file = keep_paper(content, at=at, field="file") if content else None
    issues.note(issue=issue, words=told, file=file, by=by, at=at)
    return issue


@transaction.atomic
def resolve_by_task(
    *,
    number: str,
    resolution: str,
    title: str,
    person: str,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Task:
    """Make a task of a joint meeting's resolution for an issue, and tie the two.

    Raises:
        NotVisibleError: the issue or the resolution is not the actor's.
        InvalidInputError, UnableToMeetError: see `flows.branches.meeting.assign`.
    """
    issue = access.issue_to_see(number, by=by)
    if issue.status not in OPEN_ISSUES:
        raise InvalidInputError("问题已解决或撤回，不必再立任务。", field="resolution")
    asked = Resolution.objects.filter(
        number=resolution.strip().replace("\0", ""), item__meeting__in=meetings(by).values("pk")
    )
    found = asked.select_related("item__meeting").first()
    if found is None:
        message = Phrase("没有这条议定事项，请填联席会议中议定事项的编号。")
        raise InvalidInputError(message, field="resolution")
    task = meeting.assign(
        number=found.item.meeting.number,
        resolution=found.number,
        title=title or f"{issue.number} {issue.kind.name}",
        person=person,
        due_on=due_on,
        by=by,
        at=at,
    )
    issues.link(issue=issue, kind=IssueLink.Kind.TASK, target=task.number, by=by, at=at)
    return task


def file_of(*, number: str, token: str, by: Actor) -> tuple[bytes, str]:
    """Return a file of an issue with its type.

    Raises:
        NotVisibleError: the issue or the file is not the actor's to see.
    """
    known, media_type = note_file(number, token, by=by)
    return read_token(known), media_type
