"""What things are taken for; the number of a job or an activity is looked up."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Incident
from dianliang.domain.programs.models import Activity, Session
from dianliang.domain.resources.models import Movement
from dianliang.domain.resources.operations.stocking import Purpose
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Visit
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

KINDS = {str(code): str(label) for code, label in Movement.Purpose.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A number that somebody before a shelf may mean, so that he need not type it."""

    number: str
    title: str


def offered(*, by: Actor, at: datetime) -> tuple[Offer, ...]:
    """Return the open incidents of one's own teams, then their jobs of the day."""
    teams = {"teams__code__in": by.team_codes}
    incidents = Incident.objects.filter(status__in=OPEN, **teams).distinct().order_by("number")
    today = at.astimezone(SHANGHAI).date()
    own = Visit.objects.filter(team__code__in=by.team_codes, on=today, status__in=VISIT_OPEN)
    rows = [
        *incidents.values_list("number", "title"),
        *own.order_by("arrive_at").values_list("job__number", "job__title"),
    ]
    return tuple(Offer(number=number, title=title) for number, title in rows)


def purpose_of(kind: str, number: str, words: str) -> Purpose:
    """Return what something is taken for.

    Raises:
        InvalidInputError: no kind, no number where there must be one, no such job or activity.
    """
    if kind not in KINDS:
        raise InvalidInputError("请选择用途。", field="purpose")
    told = clean_text(words, field="words", label="说明", most=200)
    asked = clean_text(number, field="purpose_number", label="编号", most=40)
    if kind == Movement.Purpose.OTHER:
        if not (told or asked):
            raise InvalidInputError("请写明用途。", field="words")
        return Purpose(kind=kind, number=asked, words=told)
    if not asked:
        raise InvalidInputError(
            Phrase("请填写%(kind)s编号。", kind=Phrase(KINDS[kind])), field="purpose_number"
        )
    if not _is_known(kind, asked):
        message = Phrase(
            "没有找到%(kind)s %(asked)s，请核对编号；没有编号请选“其他”并写明。",
            kind=Phrase(KINDS[kind]),
            asked=asked,
        )
        raise InvalidInputError(message, field="purpose_number")
    return Purpose(kind=kind, number=asked, words=told)


def _is_known(kind: str, number: str) -> bool:
    """Tell whether there is such a record; an incident may be led elsewhere, any will do."""
    if kind == Movement.Purpose.JOB:
        return Job.objects.filter(number=number).exists()
    if kind == Movement.Purpose.ACTIVITY:
        rows = (Session.objects, Activity.objects)
        return any(found.filter(number=number).exists() for found in rows)
    return True
