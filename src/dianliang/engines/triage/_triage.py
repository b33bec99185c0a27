"""Put the parts together: one prepared object, one call per need."""

from dianliang.engines.triage import _model as model
from dianliang.engines.triage._category import Categoriser
from dianliang.engines.triage._danger import DangerFinder
from dianliang.engines.triage._places import Gazetteer
from dianliang.engines.triage._text import fold, phones, without_phones


class Triage:
    """Knowledge, compiled. Immutable after construction; share it between threads."""

    def __init__(self, knowledge: model.Knowledge) -> None:
        self._lexicon = knowledge.lexicon
        self._urgent_services = {s.code for s in knowledge.services if s.is_urgent}
        self._dangers = DangerFinder(knowledge.lexicon)
        self._gazetteer = Gazetteer(knowledge.areas)
        self._categoriser = Categoriser(knowledge.services, knowledge.examples)
        self.version = f"{model.VERSION}/{knowledge.lexicon.version}/{len(knowledge.examples)}"

    @classmethod
    def prepare(cls, knowledge: model.Knowledge) -> "Triage":
        """Compile knowledge once; the result is immutable and may be shared between threads."""
        return cls(knowledge)

    def suggest(self, need: model.NeedText) -> model.Suggestion:
        """Propose service, urgency, places and hints, each with its reasons.

        Never raises on any text. Cost: about a millisecond after preparation.
        """
        folded = fold(need.whole)
        text = folded.text
        spoken = without_phones(text)
        places = self._gazetteer.find(spoken)
        categories = self._categoriser.rank(_without_places(spoken, places))
        dangers = self._dangers.find(folded)
        urgency, reasons = self._urgency(spoken, categories, dangers)
        return model.Suggestion(
            version=self.version,
            categories=categories,
            urgency=urgency,
            urgency_reasons=reasons,
            dangers=dangers,
            places=places,
            hints=self._hints(spoken),
            phones=phones(text),
        )

    def _urgency(
        self,
        text: str,
        categories: tuple[model.Category, ...],
        dangers: tuple[model.DangerFinding, ...],
    ) -> tuple[model.Urgency, tuple[str, ...]]:
        if dangers:
            reasons = tuple(f"{found.kind}：“{found.clause}”" for found in dangers)
            return model.Urgency.EMERGENCY, reasons
        words = [word for word in self._lexicon.urgent if word in text]
        best = categories[0] if categories else None
        if best and best.service_code in self._urgent_services and best.band != model.Band.HUMAN:
            return model.Urgency.URGENT, ("该服务事项默认紧急", *(f"“{w}”" for w in words[:2]))
        if len(words) >= 2:
            return model.Urgency.URGENT, tuple(f"“{word}”" for word in words[:3])
        return model.Urgency.NORMAL, ()

    def _hints(self, text: str) -> tuple[model.Hint, ...]:
        return tuple(
            model.Hint(kind=kind, cue=cue)
            for kind, cues in self._lexicon.hints.items()
            for cue in [next((cue for cue in cues if cue in text), "")]
            if cue
        )


def _without_places(text: str, places: tuple[model.PlaceFinding, ...]) -> str:
    """Blank out place names: a village called 石桥 says nothing about bridges."""
    for place in places:
        text = text[: place.start] + " " * (place.end - place.start) + text[place.end :]
    return text
