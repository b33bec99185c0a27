"""What triage proposed for a need, as it was stored."""

from typing import Any

from django.db.models import QuerySet

from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Need, Suggestion
from dianliang.engines import triage as engine

JUDGED_DUPLICATES = "duplicates-"
"""How the version begins of what is stored of a likely duplicate: it proposes no service."""


def latest_suggestion(need: Need) -> Suggestion | None:
    """Return the latest suggestion that triage made of the text, or None.

    What a person judged of a likely duplicate is another kind of row and is passed over.
    """
    return need.suggestions.exclude(body__has_key="duplicate").order_by("-pk").first()


def proposed(body: dict[str, Any], aspect: str) -> str:
    """Return what a suggestion proposes for one part; empty for nothing."""
    categories = body.get("categories") or [{}]
    if aspect == Aspect.SERVICE:
        return str(categories[0].get("service_code", ""))
    if aspect == Aspect.ALSO:
        return next((row["service_code"] for row in categories[1:] if is_also(row)), "")
    if aspect == Aspect.UNIT:
        return str(body.get("unit_code", ""))
    return str(body.get(aspect, "")) if aspect in {Aspect.URGENCY, Aspect.OWNER} else ""


def is_also(category: dict[str, Any]) -> bool:
    """Tell whether the text is likely about this service too, whatever else it is about."""
    return float(category.get("own", 0.0)) >= engine.ALSO_FROM


def of_texts() -> QuerySet[Suggestion]:
    """Return the suggestions that triage made of a text, without judged duplicates."""
    return Suggestion.objects.exclude(version__startswith=JUDGED_DUPLICATES)
