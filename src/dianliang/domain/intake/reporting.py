"""Who asks."""

from dataclasses import dataclass

from dianliang.domain.intake.models import Participant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who asks, as far as he says."""

    kind: str = Participant.Kind.RESIDENT
    name: str = ""
    phone: str = ""
    on_behalf_of: str = ""
    firm: str = ""
    account_number: str = ""
