"""A need is rated; one that was done badly is done again, by somebody else."""

from datetime import datetime

from django.db import transaction

from dianliang.domain.catalog import queries as catalog
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.intake.operations import posting
from dianliang.domain.intake.tokens import participant
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Team
from dianliang.flows.posting import ANYONE
from dianliang.kernel.actor import Actor
from dianliang.kernel.text import clean_text


@transaction.atomic
def rate_need(*, token: str, stars: int, words: str, by: Actor = ANYONE, at: datetime) -> Rating:
    """Rate as a participant; an unhappy rating has the need done again by somebody else.

    Raises:
        NotVisibleError, UnableToRateError, InvalidInputError: see the operation.
    """
    who = participant(token)
    words = clean_text(words, field="words", label="评语", most=1000)
    team = _team_that_came(who.need)
    rating = posting.rate(participant=who, stars=stars, words=words, team=team, by=by, at=at)
    if stars < posting.UNHAPPY_BELOW:
        reopen_need(need=who.need, reason=words or f"评价 {stars} 星", by=by, at=at)
    return rating


def reopen_need(*, need: Need, reason: str, by: Actor, at: datetime) -> Need:
    """Have a need done again: new promises from now on, another team, another person."""
    promised = catalog.deadlines(
        service=need.service,
        area_class=need.area.area_class,
        at=at,
        calendar=catalog.work_calendar(),
    )
    avoid = _team_that_came(need)
    return posting.reopen(need=need, deadlines=promised, avoid=avoid, reason=reason, by=by, at=at)


def _team_that_came(need: Need) -> Team | None:
    done = Visit.objects.filter(job__need_part__need=need, status="DONE").select_related("team")
    last = done.order_by("-ended_at").first()
    return last.team if last else None
