"""Read what a commander fills in. Shape only: meaning is checked by the flow."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from dianliang.faces.console.branches.common import shown
from dianliang.faces.console.fields import whole
from dianliang.faces.console.incidents.common import moment
from dianliang.faces.ui.requests import now
from dianliang.flows.dispatching.drafting import Asked
from dianliang.flows.dispatching.events import Happening
from dianliang.flows.dispatching.lining import LineAsked
from dianliang.flows.dispatching.tasking import Batch, Urgent, grades_of


def batch(sent: QueryDict) -> Batch:
    """Return what is asked of all key customers of some grades and kinds."""
    return Batch(
        grades=grades_of(sent.getlist("grades")),
        kinds=tuple(sent.getlist("kinds")),
        what=sent.get("what", ""),
        minutes=sent.get("minutes", ""),
        due_h=sent.get("due_h", ""),
        skill=sent.get("skill", ""),
        gear=sent.get("gear", ""),
        quantity=sent.get("quantity", ""),
        least=sent.get("least", ""),
    )


def line(sent: QueryDict) -> LineAsked:
    """Return what is asked along a line."""
    names = ("rate", "people", "rank", "due_h", "skill", "gear", "per_km", "least")
    return LineAsked(
        what=sent.get("line_what", ""),
        path=sent.get("path", ""),
        km=sent.get("km", ""),
        **{name: sent.get(name, "") for name in names},
    )


def asked(sent: QueryDict) -> Asked:
    """Return what is asked of a dispatch or a what-if.

    Raises:
        InvalidInputError: a number or a moment is none; the field is named.
    """
    more = sent.get("more_quantity", "").strip()
    return Asked(
        starts_at=moment(sent, "starts_at", label=_("从何时起")) or now().replace(microsecond=0),
        hours=whole(sent.get("hours", ""), field="hours", label=_("时长")),
        on_h=whole(sent.get("on_h", ""), field="on_h", label=_("每班小时")),
        rest_h=whole(sent.get("rest_h", ""), field="rest_h", label=_("班后休息")),
        is_halved=sent.get("is_halved") == "1",
        teams=tuple(shown(code) for code in sent.getlist("teams")),
        stores=tuple(shown(code) for code in sent.getlist("stores")),
        shapes=sent.get("shapes", ""),
        is_what_if=sent.get("is_what_if") == "1",
        more_kind=sent.get("more_kind", ""),
        more_quantity=whole(more, field="more_quantity", label=_("假设增加的件数")) if more else 0,
        more_least=sent.get("more_least", ""),
    )


def happening(sent: QueryDict) -> Happening:
    """Return what is said to have happened; what was left empty did not.

    Raises:
        InvalidInputError: a number or a moment is none; the field is named.
    """
    names = ("title", "customer", "lat", "lon", "rank", "skill", "gear", "quantity", "least")
    urgent = Urgent(
        **{name: sent.get(name, "") for name in names},
        minutes=sent.get("urgent_minutes", ""),
        due_h=sent.get("urgent_due_h", ""),
    )
    retried = sent.get("retried", "").strip()
    return Happening(
        urgent=urgent if urgent.title.strip() else None,
        lost_team=shown(sent.get("lost_team", "")),
        lost_from=moment(sent, "lost_from", label=_("从何时起")),
        shapes=sent.get("shapes", ""),
        broken=shown(sent.get("broken", "")),
        retried=whole(retried, field="retried", label=_("再试的任务数")) if retried else 0,
        most_changes=whole(
            sent.get("most_changes", ""), field="most_changes", label=_("最多改动几个上门")
        ),
        is_what_if=sent.get("is_what_if") == "1",
    )
