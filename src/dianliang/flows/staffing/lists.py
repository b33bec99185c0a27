"""Lists of people from Excel: keep what was read, show what it would do, take it in as a whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.core.checks import InvalidRowsError
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce import keys, register
from dianliang.domain.workforce.models import StaffList
from dianliang.flows.staffing import matching, writing
from dianliang.flows.staffing.drafts import Draft, PersonLine, day_or
from dianliang.flows.staffing.matching import DOUBTFUL, KINDS, Match
from dianliang.flows.staffing.reading import read
from dianliang.flows.staffing.sheets import PEOPLE
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.masking import mask_name, mask_phone
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

KEPT_FOR = timedelta(days=7)
SKIP, AS_NEW = "skip", "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A person of a list, and what would become of him."""

    row: int
    name: str
    phone: str
    unit_code: str
    kind: str
    kind_label: str
    number: str
    candidates: tuple[matching.Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A list before it is taken in, or what came of it afterwards."""

    number: str
    name: str
    uploaded_at: datetime
    uploaded_by: str
    is_taken_in: bool
    outcome: Mapping[str, int]
    counts: Mapping[str, int]
    doubtful: tuple[PreviewRow, ...]
    others: tuple[PreviewRow, ...]
    teams: int
    members: int
    certificates: int


def keep(*, content: bytes, name: str, by: Actor, at: datetime) -> StaffList:
    """Read a workbook, check every row, try to write it, and keep it for a person to confirm.

    Raises:
        UnreadableSheetError: the file cannot be read.
        InvalidRowsError: rows are wrong; all are named, and nothing is kept.
    """
    draft, wrong = read(content, by=by)
    if not wrong:
        matches = matching.match(draft.people, by=by)
        wrong = [
            Phrase(
                "“%(people)s”表 第 %(row)s 行：%(complaint)s",
                people=PEOPLE,
                row=row,
                complaint=Phrase(match.complaint),
            )
            for row, match in matches.items()
            if match.complaint
        ]
    if not wrong:
        _, wrong = _tried(draft, matches, by=by, at=at)
    if wrong:
        raise InvalidRowsError(wrong)
    with transaction.atomic():
        row = StaffList.objects.create(
            number=next_number("MD", at=at),
            unit=Unit.objects.get(code=by.unit_code),
            name=clean_text(name, field="table", label="文件名", most=120) or "人员名单",
            body=json.dumps(draft.told(), ensure_ascii=False),
            uploaded_at=at,
            uploaded_by=by.name,
        )
        audit.record(
            "workforce.stafflist.keep",
            target=row,
            by=by,
            at=at,
            after=f"人员 {len(draft.people)}",
        )
    return row


def take_in(
    *, number: str, decisions: Mapping[int, str], by: Actor, at: datetime
) -> Mapping[str, int]:
    """Write a list that was looked at: all of it or nothing; return how many of each kind.

    `decisions` say for a row that may mean somebody who is there: his number, `AS_NEW` or `SKIP`.

    Raises:
        NotVisibleError: absent, another's.
        InvalidInputError: it was taken in before, or a doubtful row is not decided.
        InvalidRowsError: something has changed since it was looked at; nothing was written.
    """
    with transaction.atomic():
        row = _row(number, by=by, is_locked=True)
        if row.taken_in_at is not None:
            raise InvalidInputError("这份名单已经导入，不能再导入一次。")
        draft = Draft.of(json.loads(row.body))
        matches = matching.match(draft.people, by=by)
        meant = {line.row: _meant(line, matches[line.row], decisions) for line in draft.people}
        done, wrong = writing.write(draft, meant, by=by, at=at)
        if wrong:
            raise InvalidRowsError(wrong)
        row.taken_in_at, row.body, row.outcome = at, "", done
        row.save(update_fields=["taken_in_at", "body", "outcome"])
        audit.record(
            "workforce.stafflist.take_in",
            target=row,
            by=by,
            at=at,
            after=" ".join(f"{key}={value}" for key, value in done.items()),
        )
    return done


@transaction.atomic
def discard(*, number: str, by: Actor, at: datetime) -> None:
    """Throw a list away that was not taken in.

    Raises:
        NotVisibleError: absent, another's.
        InvalidInputError: it was taken in.
    """
    row = _row(number, by=by, is_locked=True)
    if row.taken_in_at is not None:
        raise InvalidInputError("这份名单已经导入，不能丢弃。")
    audit.record("workforce.stafflist.discard", target=row, by=by, at=at, before=row.number)
    row.delete()


def forget_old(*, at: datetime) -> int:
    """Delete lists that nobody took in within a week: they hold personal data; return how many."""
    old = StaffList.objects.filter(taken_in_at=None, uploaded_at__lt=at - KEPT_FOR)
    return old.delete()[0]


def lists(*, by: Actor) -> tuple[StaffList, ...]:
    """Return the lists of the actor's units, the latest first, without what is in them."""
    if by.role not in register.WRITERS or not by.unit_path:
        return ()
    rows = StaffList.objects.filter(unit__path__startswith=by.unit_path).defer("body")
    return tuple(rows)


def preview(*, number: str, by: Actor, on: date) -> Preview:
    """Return what a list would do. Names of those who are minors on a day are starred.

    Raises:
        NotVisibleError: absent, another's.
    """
    row = _row(number, by=by)
    draft = Draft.of(json.loads(row.body)) if row.body else Draft()
    matches = matching.match(draft.people, by=by) if draft.people else {}
    shown = [_shown(line, matches[line.row], on=on) for line in draft.people]
    return Preview(
        number=row.number,
        name=row.name,
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
        is_taken_in=row.taken_in_at is not None,
        outcome=row.outcome,
        counts={label: sum(line.kind == kind for line in shown) for kind, label in KINDS.items()},
        doubtful=tuple(line for line in shown if line.kind == DOUBTFUL),
        others=tuple(line for line in shown if line.kind != DOUBTFUL),
        teams=len(draft.teams),
        members=len(draft.members),
        certificates=len(draft.certificates),
    )


def _tried(
    draft: Draft, matches: Mapping[int, Match], *, by: Actor, at: datetime
) -> tuple[Mapping[str, int], list[str]]:
    """Write everything and take it back, so that what cannot be written is told at once."""
    meant = {
        row: (match.number, match.kind == matching.BY_NUMBER) for row, match in matches.items()
    }
    with transaction.atomic():
        tried = writing.write(draft, meant, by=by, at=at)
        transaction.set_rollback(True)
    return tried


def _meant(line: PersonLine, match: Match, decisions: Mapping[int, str]) -> writing.Meant:
    """Return whom a row means: a number, nothing for somebody new, None to leave it out."""
    if match.complaint:
        raise InvalidInputError(
            Phrase("第 %(row)s 行：%(complaint)s", row=line.row, complaint=match.complaint),
            field="decisions",
        )
    if match.kind != DOUBTFUL:
        return match.number, match.kind == matching.BY_NUMBER
    decided = decisions.get(line.row, "")
    if decided == AS_NEW:
        return "", False
    if decided == SKIP:
        return None
    if decided in {candidate.number for candidate in match.candidates}:
        return decided, False
    message = Phrase("第 %(row)s 行的人疑似已有，请选择是哪一位、新建或跳过。", row=line.row)
    raise InvalidInputError(message, field="decisions")


def _row(number: str, *, by: Actor, is_locked: bool = False) -> StaffList:
    rows = StaffList.objects.select_for_update() if is_locked else StaffList.objects.all()
    row = rows.filter(number=number, unit__path__startswith=by.unit_path or "?").first()
    if row is None or by.role not in register.WRITERS:
        raise NotVisibleError("没有找到这份名单。")
    return row


def _shown(line: PersonLine, match: Match, *, on: date) -> PreviewRow:
    born_on = keys.born_of(line.document_kind, line.document) or day_or(line.born_on, None)
    is_minor = born_on is not None and keys.protected_until(born_on) > on
    return PreviewRow(
        row=line.row,
        name=mask_name(line.name) if is_minor else line.name,
        phone="" if is_minor else mask_phone(line.phone),
        unit_code=line.unit_code,
        kind=match.kind,
        kind_label=KINDS[match.kind],
        number=match.number,
        candidates=match.candidates,
    )
