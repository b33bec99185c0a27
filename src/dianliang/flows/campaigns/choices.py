"""What can be chosen in the forms of campaigns, with its words."""

from collections.abc import Iterable

from dianliang.domain.customers.models import Customer
from dianliang.domain.key_customers.models import Grade, KeyCustomer
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.programs.models.campaigns import Evidence
from dianliang.domain.venues.models import Site
from dianliang.flows.campaigns import sources
from dianliang.flows.campaigns.doing import PHOTO_KINDS as KEPT_KINDS

Choices = tuple[tuple[str, str], ...]


def _of(pairs: Iterable[tuple[object, object]]) -> Choices:
    return tuple((str(value), str(label)) for value, label in pairs)


SOURCES = _of(Campaign.Source.choices)
PROOFS = _of(Campaign.Proof.choices)
REASONS = _of(Target.Reason.choices)
SPECIAL_KINDS = _of(Customer.SpecialKind.choices)
GRADES = _of(Grade.choices)
KEY_KINDS = _of(KeyCustomer.Kind.choices)
SITE_KINDS = _of(Site.Kind.choices)
WHO = _of(sources.WHO.items())
PHOTO_KINDS = _of((kind, Evidence.Kind(kind).label) for kind in KEPT_KINDS)
