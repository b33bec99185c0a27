"""Sentences of claims with their parts, so that a page says them in the reader's language."""

from dianliang.domain.energy.models import Claim, Evidence
from dianliang.domain.energy.plausible import APART
from dianliang.kernel.phrases import Phrase, phrase_of


def sentence(claim: Claim, name: str) -> str:
    """Return what a column of a claim says; what was recorded without parts stays as it is."""
    if name in claim.told:
        return phrase_of(claim.told[name])
    return str(getattr(claim, name))


def words_of(evidence: Evidence) -> str:
    """Return what a piece of evidence is, likewise."""
    return phrase_of(evidence.told) if evidence.told is not None else evidence.words


def own_reason(claim: Claim) -> str:
    """Return what keeps a claim from being verified, but for figures that do not come out.

    That is found anew of other figures.
    """
    said = sentence(claim, "held_back")
    if not isinstance(said, Phrase):
        return said.partition(APART)[0]
    last = said.values.get("second", said)
    if not (isinstance(last, Phrase) and last.message.startswith(APART)):
        return said
    first: str = "" if last is said else said.values["first"]
    return first
