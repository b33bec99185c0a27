"""Put the parts together: one prepared object, one call per need."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Protocol

from dianliang.engines.triage import _model as model
from dianliang.engines.triage._address import address_parts
from dianliang.engines.triage._address_reader import AddressReader
from dianliang.engines.triage._category import Categoriser, teach
from dianliang.engines.triage._danger import DangerFinder
from dianliang.engines.triage._hints import HintFinder
from dianliang.engines.triage._people import PersonFinder, address_span
from dianliang.engines.triage._places import Gazetteer
from dianliang.engines.triage._taught import Taught
from dianliang.engines.triage._text import MAX_CHARS, Folded, fold, phones

LIFE_SUPPORT_HINT = "生命支持"
_KINDS = {"township": "town", "village": "community", "road": "road"}
"""Which part of an address a place of the gazetteer is."""


class _PartsOf(Protocol):
    """Whatever takes an address apart."""

    def __call__(
        self, text: str, *, known: Mapping[tuple[int, int], str]
    ) -> tuple[model.AddressPart, ...]: ...


class Triage:
    """Knowledge, compiled. Immutable after construction; share it between threads."""

    def __init__(self, knowledge: model.Knowledge, taught: Taught | None = None) -> None:
        """Compile knowledge. `taught` is what was learnt before; without it, learn here and now."""
        self._urgent_services = {s.code for s in knowledge.services if s.is_urgent}
        self._areas = knowledge.areas
        self._levels = {area.code: area.level for area in knowledge.areas}
        if taught is None:
            taught = teach(knowledge.services, knowledge.examples, knowledge.history)
        self.taught = taught
        self._categoriser = Categoriser(knowledge.services, taught)
        self.bands = self._categoriser.bands
        self._take_apart_by(address_parts)
        self._listen_with(knowledge.lexicon)

    def _listen_with(self, lexicon: model.Lexicon) -> None:
        self._lexicon = lexicon
        self._dangers = DangerFinder(lexicon)
        self._gazetteer = Gazetteer(self._areas, everyday=lexicon.everyday)
        self._hints = HintFinder(lexicon)
        self._people = PersonFinder(lexicon.family_names)
        self.version = f"{model.VERSION}/{lexicon.version}/{self.taught.decided}"

    @classmethod
    def prepare(cls, knowledge: model.Knowledge) -> "Triage":
        """Compile knowledge once; the result is immutable and may be shared between threads."""
        return cls(knowledge)

    def with_lexicon(self, lexicon: model.Lexicon) -> "Triage":
        """Return a triage that differs in its words alone, to try them; this one stays as it is.

        Cost: some hundredths of a second, as what it learnt of services is shared.
        """
        other = copy(self)
        Triage._listen_with(other, lexicon)
        return other

    def with_addresses(self, reader: AddressReader) -> "Triage":
        """Return a triage that takes addresses apart as `reader` learnt to; this one stays."""
        other = copy(self)
        Triage._take_apart_by(other, reader.parts)
        return other

    def _take_apart_by(self, parts_of: _PartsOf) -> None:
        self._parts_of = parts_of

    def hear(self, text: str) -> model.Heard:
        """Return dangers and hints alone, as `suggest` finds them, for a tenth of its cost."""
        folded = fold(text)
        places, sure, spoken = self._spoken(folded)
        dangers = self._dangers.find(spoken)
        masks = self._shown(folded, places, dangers, sure)
        return model.Heard(dangers=dangers, hints=self._hints.find(spoken), masks=masks)

    def _shown(
        self,
        folded: Folded,
        places: tuple[model.PlaceFinding, ...],
        dangers: tuple[model.DangerFinding, ...],
        sure: tuple[model.Mask, ...],
    ) -> tuple[model.Mask, ...]:
        """Return what readers do not see; what is dangerous they have to see."""
        named = [(place.start, place.end) for place in places]
        told = [(danger.start, danger.end) for danger in dangers]
        return self._people.shown_masks(folded, sure, besides=[*named, *told])

    def _spoken(
        self, folded: Folded
    ) -> tuple[tuple[model.PlaceFinding, ...], tuple[model.Mask, ...], Folded]:
        """Return places, what surely is personal, and the text without that."""
        places = self._gazetteer.find(folded)
        masks = self._people.masks(folded, besides=[(p.start, p.end) for p in places])
        return places, masks, folded.without((mask.start, mask.end) for mask in masks)

    def suggest(self, need: model.NeedText) -> model.Suggestion:
        """Propose service, urgency, places and hints, each with its reasons.

        Never raises on any text. Cost: about a millisecond after preparation.
        """
        folded = fold(need.whole)
        places, sure, spoken = self._spoken(folded)
        named = [(place.start, place.end) for place in places]
        unplaced = spoken.without(named)
        categories = self._categoriser.rank(unplaced.text)
        dangers = self._dangers.find(spoken)
        hints = self._hints.find(spoken)
        address = address_span(spoken, named)
        urgency, reasons = self._urgency(spoken.text, categories, dangers, hints)
        return model.Suggestion(
            version=self.version,
            categories=categories,
            none_of_these=not categories or categories[0].band is model.Band.HUMAN,
            urgency=urgency,
            urgency_reasons=reasons,
            dangers=dangers,
            places=places,
            address_text=spoken.text[slice(*address)],
            address_parts=self._parts(spoken, address, places),
            hints=hints,
            phones=phones(folded.text),
            masks=self._shown(folded, places, dangers, sure),
            notes=_notes(need.whole, folded, categories, places),
        )

    def first(self, text: str) -> str:
        """Return the service that comes first for a text, however doubtful, or nothing."""
        places, _, spoken = self._spoken(fold(text))
        unplaced = spoken.without((place.start, place.end) for place in places)
        return self._categoriser.first(unplaced.text)

    def worth_asking(self, texts: Sequence[str], *, most: int = 20) -> tuple[int, ...]:
        """Return the places of the texts that a person should sort next: they teach most.

        Of the least decided ones the most different; before the first decision, different ones
        out of all. Cost: about a millisecond a text.
        """
        plain = [fold(text).text for text in texts]
        return self._categoriser.worth_asking(plain, most=most)

    def varied(self, texts: Sequence[str], *, most: int = 20) -> tuple[int, ...]:
        """Return the places of texts that differ most from one another.

        What `worth_asking` returns on day one; later it is what a first round should still ask,
        as a few decisions make no doubt worth going by.
        """
        return self._categoriser.varied([fold(text).text for text in texts], most=most)

    def unseen_share(self, text: str) -> float | None:
        """Return the share of a text's pairs of characters that the model has not learnt from.

        None while nothing is learnt, and for a text without a pair. It rises where people speak of
        new things; a pair that a single past text had is not learnt from either. Cost: under a
        tenth of a millisecond.
        """
        return self._categoriser.unseen_share(fold(text).text)

    def _urgency(
        self,
        text: str,
        categories: tuple[model.Category, ...],
        dangers: tuple[model.DangerFinding, ...],
        hints: tuple[model.Hint, ...],
    ) -> tuple[model.Urgency, tuple[str, ...]]:
        if dangers:
            reasons = tuple(f"{found.kind}：“{found.clause}”" for found in dangers)
            return model.Urgency.EMERGENCY, reasons
        outage = any(word in text for word in self._lexicon.outage)
        if outage and any(hint.kind == LIFE_SUPPORT_HINT for hint in hints):
            return model.Urgency.URGENT, ("提到维持生命的设备和停电，请先问清是否断电",)
        words = [word for word in self._lexicon.urgent if word in text]
        best = categories[0] if categories else None
        if best and best.service_code in self._urgent_services and best.band != model.Band.HUMAN:
            return model.Urgency.URGENT, ("该服务事项默认紧急", *(f"“{w}”" for w in words[:2]))
        if len(words) >= 2:
            return model.Urgency.URGENT, tuple(f"“{word}”" for word in words[:3])
        return model.Urgency.NORMAL, ()

    def _parts(
        self,
        folded: Folded,
        address: tuple[int, int],
        places: tuple[model.PlaceFinding, ...],
    ) -> tuple[model.AddressPart, ...]:
        """Take an address apart; what the gazetteer knows is certain. Spans count in the need."""
        first, last = address
        known: dict[tuple[int, int], str] = {}
        for place in places:
            start, end = folded.within(place.start, place.end)
            kind = _KINDS.get(self._levels.get(place.codes[0], ""))
            if kind:
                known[start - first, end - first] = kind
        found: list[model.AddressPart] = []
        for part in self._parts_of(folded.text[first:last], known=known):
            start, end = folded.span(first + part.start, first + part.end)
            found.append(replace(part, start=start, end=end))
        return tuple(found)

    def mood(self, text: str) -> model.Mood:
        """Tell how angry a text is, a reopened need's above all, by the words that say so."""
        return self._hints.mood(fold(text))


def _notes(
    original: str,
    folded: Folded,
    categories: tuple[model.Category, ...],
    places: tuple[model.PlaceFinding, ...],
) -> tuple[str, ...]:
    """Say what a dispatcher should know about how the text was read."""
    notes: list[str] = []
    if len(original) > MAX_CHARS:
        notes.append(f"原文 {len(original)} 字，只读了开头和结尾，请人工通读")
    if not folded.text.strip():
        notes.append("没有可读的文字")
    elif not categories or categories[0].band is model.Band.HUMAN:
        notes.append("不像已有服务事项，请人工判断")
    notes += [f"“{place.name}”有同名，请选定" for place in places if place.is_ambiguous]
    return tuple(notes)
