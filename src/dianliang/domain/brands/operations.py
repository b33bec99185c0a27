"""Every write about brands; what is done under them is marked by `catalog.themes`."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.branches.models import Branch
from dianliang.domain.brands.lifecycle import BRAND, LIVE
from dianliang.domain.brands.models import Brand, BrandReview
from dianliang.domain.catalog import themes
from dianliang.domain.catalog.theme_models import Theme
from dianliang.domain.directory.models import Unit
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

ROOT, ROOT_NAME = "BRAND", "品牌"
"""The tree of themes below which every brand has its own."""


class UnableToBrandError(DomainError):
    """The brand cannot be written down, or led on, like this."""

    code = "brands.unable-to-brand"


@transaction.atomic
def create(
    *,
    name: str,
    slogan: str,
    kind: str,
    branch: Branch | None,
    unit: Unit,
    intro: str,
    since: date,
    logo: StoredFile | None,
    by: Actor,
    at: datetime,
) -> Brand:
    """Write a brand down, with a theme that its records will carry (创建品牌).

    Raises:
        UnableToBrandError: the branch has one, or a brand of a branch names none.
    """
    if kind == Brand.Kind.BRANCH and branch is None:
        raise UnableToBrandError("支部品牌请选择支部。", field="branch")
    if branch is not None:  # of two presses the second is told
        Branch.objects.select_for_update().get(pk=branch.pk)
    live = Brand.objects.filter(kind=Brand.Kind.BRANCH, branch=branch, status__in=LIVE)
    if kind == Brand.Kind.BRANCH and live.exists():
        message = Phrase(
            "一支部一品牌：“%(branch)s”已有品牌“%(live)s”，请先结束它。",
            branch=branch,
            live=live[0],
        )
        raise UnableToBrandError(message, field="branch")
    number = next_number("PP", at=at)
    theme = themes.plant(
        code=number,
        name=name,
        parent=_root(by=by, at=at),
        basis=unit.name,
        valid_from=since,
        valid_until=None,
        by=by,
        at=at,
    )
    brand = Brand.objects.create(
        number=number,
        name=name,
        slogan=slogan,
        kind=kind,
        branch=branch,
        unit=unit,
        intro=intro,
        logo=logo,
        since=since,
        theme=theme,
        created_by=by.name,
        created_at=at,
    )
    audit.record("brands.brand.create", target=brand, by=by, at=at, reason=name)
    return brand


def _root(*, by: Actor, at: datetime) -> Theme:
    found = Theme.objects.filter(code=ROOT).first()
    if found is not None:
        return found
    first = date(2000, 1, 1)
    return themes.plant(
        code=ROOT,
        name=ROOT_NAME,
        parent=None,
        basis="一支部一品牌",
        valid_from=first,
        valid_until=None,
        by=by,
        at=at,
    )


@transaction.atomic
def describe(
    *, brand: Brand, slogan: str, intro: str, logo: StoredFile | None, by: Actor, at: datetime
) -> Brand:
    """Change what a brand says of itself (修改); its name stays.

    Raises:
        UnableToBrandError: it is over, or being reviewed.
    """
    if brand.status not in {"DRAFT", "RUNNING"}:
        raise UnableToBrandError("评审中或已结束的品牌不能修改。")
    brand.slogan, brand.intro, brand.logo = slogan, intro, logo or brand.logo
    brand.save(update_fields=["slogan", "intro", "logo"])
    audit.record("brands.brand.describe", target=brand, by=by, at=at)
    return brand


@transaction.atomic
def submit(*, brand: Brand, by: Actor, at: datetime) -> Brand:
    """Ask for a brand to be reviewed (提交评审).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"submitted_by": by.id}
    return transitions.apply(brand, "submit", lifecycle=BRAND, by=by, at=at, changes=changes)


@transaction.atomic
def decide(*, brand: Brand, verb: str, words: str, by: Actor, at: datetime) -> Brand:
    """Approve a brand, or send it back (评审): somebody else than who submitted it.

    Raises:
        UnableToBrandError: the actor submitted it, or there are no words.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if brand.submitted_by == by.id:
        raise UnableToBrandError("提交人不能评审自己提交的品牌，请由另一人评审。")
    if not words:
        raise UnableToBrandError("请写评审意见。", field="reason")
    return transitions.apply(brand, verb, lifecycle=BRAND, by=by, at=at, note=words)


@transaction.atomic
def end(*, brand: Brand, verb: str, words: str, by: Actor, at: datetime) -> Brand:
    """Retire a brand, or drop one that was never approved; its theme is used no more.

    Raises:
        UnableToBrandError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToBrandError("请写明原因。", field="reason")
    today = at.astimezone(SHANGHAI).date()
    last = max(today, brand.since)
    changes = {"until": last}
    ended = transitions.apply(
        brand, verb, lifecycle=BRAND, by=by, at=at, note=words, changes=changes
    )
    themes.end(theme=brand.theme, on=last, reason=words, by=by, at=at)
    return ended


@transaction.atomic
def show(*, brand: Brand, is_public: bool, by: Actor, at: datetime) -> Brand:
    """Show a brand to everybody, or no more (对外展示).

    Raises:
        UnableToBrandError: it was not approved.
    """
    if brand.status not in {"RUNNING", "ENDED"}:
        raise UnableToBrandError("评审通过后才能对外展示。")
    brand.is_public = is_public
    brand.save(update_fields=["is_public"])
    told = "展示" if is_public else "不展示"
    audit.record("brands.brand.show", target=brand, by=by, at=at, after=told)
    return brand


@transaction.atomic
def review(
    *,
    brand: Brand,
    since: date,
    until: date,
    grade: str,
    words: str,
    figures: Mapping[str, int],
    by: Actor,
    at: datetime,
) -> BrandReview:
    """Review a brand's work in a period, keeping the figures as they are now (评审).

    Raises:
        UnableToBrandError: it does not run, or the period makes no sense.
    """
    if brand.status != "RUNNING":
        raise UnableToBrandError("只能评审运行中的品牌。")
    if not since <= until <= at.astimezone(SHANGHAI).date():
        raise UnableToBrandError("评审期的结束应在开始之后，不能晚于今天。", field="until")
    made = BrandReview.objects.create(
        brand=brand,
        since=since,
        until=until,
        grade=grade,
        words=words,
        figures=dict(figures),
        reviewed_by=by.name,
        reviewed_at=at,
    )
    audit.record("brands.brand.review", target=brand, by=by, at=at, after=grade, reason=words)
    return made
