"""What triage proposed for a need, as it was stored."""

from typing import Any

from dianliang.domain.intake.models import Need, Suggestion


def latest_suggestion(need: Need) -> Suggestion | None:
    """Return the latest suggestion that triage made of the text, or None.

    What a person judged of a likely duplicate is another kind of row and is passed over.
    """
    return need.suggestions.exclude(body__has_key="duplicate").order_by("-pk").first()


def proposed(body: dict[str, Any], aspect: str) -> str:
    """Return what a suggestion proposes of service, unit, owner or urgency; empty for nothing."""
    if aspect == "service":
        categories = body.get("categories") or [{}]
        return str(categories[0].get("service_code", ""))
    if aspect == "unit":
        return str(body.get("unit_code", ""))
    return str(body.get(aspect, "")) if aspect in {"urgency", "owner"} else ""
