"""The record that an entry follows from: what it says, and every entry that names it."""

from collections.abc import Callable
from dataclasses import dataclass

from dianliang.domain.ledger.models import Gift, Grant, Redemption
from dianliang.domain.ledger.wording import SOURCES, said
from dianliang.domain.programs.models import Activity
from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.flows.ledgers.earned import EARNED, Facts, Found, clock
from dianliang.flows.ledgers.entries import EntryPage, entries_of, left_out
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record with the entries that follow from it and that the actor may see."""

    kind: str
    kind_label: str
    number: str
    title: str
    facts: Facts
    drive: str
    entries: tuple[EntryPage, ...]
    left_out: int


def record(*, kind: str, number: str, by: Actor) -> Record:
    """Return a record behind entries, for whoever may see it or one of its entries.

    Raises:
        NotVisibleError: there is none, or not for this actor.
    """
    read = READ.get(kind)
    found = read(number) if read else None
    entries = entries_of(kind=kind, number=number, by=by)
    if not entries and not (found and by.reaches_unit(found.unit_path)):
        raise NotVisibleError("没有找到这条记录。")
    return Record(
        kind=kind,
        kind_label=SOURCES.get(kind, kind),
        number=number,
        title=found.title if found else "",
        facts=found.facts if found else (),
        drive=found.drive if found else "",
        entries=entries,
        left_out=left_out(kind=kind, number=number),
    )


def _visit(number: str) -> Found | None:
    one = (
        Visit.objects.select_related("job__area", "team__unit", "done_by")
        .filter(number=number)
        .first()
    )
    if one is None:
        return None
    facts = (
        ("队伍", one.team.name),
        ("日期", str(one.on)),
        ("经办人", one.done_by.name if one.done_by else ""),
        ("状态", VISIT_LABELS[one.status]),
        ("工单号", one.job.number),
    )
    return Found(title=one.job.title, facts=facts, unit_path=one.team.unit.path)


def _activity(number: str) -> Found | None:
    one = Activity.objects.select_related("team__unit", "area").filter(number=number).first()
    if one is None:
        return None
    facts = (
        ("队伍", one.team.name),
        ("地点", one.area.name),
        ("开始", clock(one.started_at)),
        ("结束", clock(one.ended_at)),
        ("参加人数", str(one.participations.count())),
    )
    return Found(title=one.title, facts=facts, unit_path=one.team.unit.path)


def _gift(number: str) -> Found | None:
    one = (
        Gift.objects.select_related("drive__unit", "book", "article")
        .defer("giver_name", "giver_phone")
        .filter(number=number)
        .first()
    )
    if one is None:
        return None
    facts = (
        ("捐赠人", one.shown_name),
        ("捐赠内容", said(one.amount, one.book.quantity, article=one.article)),
        ("接收日期", str(one.on)),
        ("接收人", one.received_name),
    )
    drive = one.drive
    return Found(title=drive.title, facts=facts, unit_path=drive.unit.path, drive=drive.number)


def _grant(number: str) -> Found | None:
    one = (
        Grant.objects.select_related("drive__unit", "book", "article")
        .defer("beneficiary")
        .filter(number=number)
        .first()
    )
    if one is None:
        return None
    facts = (
        ("受益人", one.shown_name),
        ("捐赠内容", said(one.amount, one.book.quantity, article=one.article)),
        ("用于", one.words),
        ("申请人", one.asked_name),
        ("批准人", one.decided_name),
        ("状态", one.get_status_display()),
    )
    drive = one.drive
    return Found(title=drive.title, facts=facts, unit_path=drive.unit.path, drive=drive.number)


def _redemption(number: str) -> Found | None:
    one = Redemption.objects.select_related("person", "article", "unit").filter(number=number)
    done = one.first()
    if done is None:
        return None
    facts = (
        ("兑换人", done.person.name),
        ("件数", f"{done.pieces} {done.article.measure}"),
        ("所用积分", str(done.points)),
        ("经办人", done.by_name),
        ("兑换时间", clock(done.at)),
    )
    return Found(title=done.article.name, facts=facts, unit_path=done.unit.path)


READ: dict[str, Callable[[str], Found | None]] = {
    **EARNED,
    "activity": _activity,
    "visit": _visit,
    "gift": _gift,
    "grant": _grant,
    "redemption": _redemption,
}
"""By kind of record; a room that posts entries of a new kind adds how it reads."""
