"""What is told of a need: for programs with stable names, for people in a few lines."""

from collections.abc import Callable, Mapping
from typing import Any

from dianliang.cli.triaging.arguments import Privacy
from dianliang.cli.triaging.reading import Item, Unread
from dianliang.engines.triage import (
    HOUSEHOLD,
    AddressPart,
    DangerFinding,
    Hint,
    Mask,
    NeedText,
    PlaceFinding,
    Suggestion,
    Triage,
    doors,
)
from dianliang.kernel.masking import mask_numbers, mask_spans

URGENCIES = {"normal": "一般", "urgent": "紧急", "emergency": "危险"}
SHORTEST_STARRED = 2
Answer = dict[str, Any]


def answer(made: Triage, item: Item, *, source: str, privacy: Privacy) -> Answer:
    """Return what triage makes of a need; what is personal only as far as was asked for."""
    need = NeedText(text=item.text, title=item.title)
    found = made.suggest(need)
    star = _starrer(found, need.whole, privacy)
    told: Answer = {"source": source, "line": item.line}
    if item.id is not None:
        told["id"] = item.id
    told |= {
        "version": found.version,
        "urgency": found.urgency.value,
        "urgency_reasons": [star(reason) for reason in found.urgency_reasons],
        "service": found.best.service_code if found.best else None,
        "needs_person": found.none_of_these,
        "services": _services(found, star),
        "dangers": [
            {"kind": danger.kind, "cue": star(danger.cue), "clause": star(danger.clause)}
            | _span(danger)
            for danger in found.dangers
        ],
        "places": _places(found),
        "address": [
            {"kind": part.kind, "text": star(part.text)} | _span(part)
            for part in found.address_parts
            if privacy is Privacy.PERSONAL or part.kind not in HOUSEHOLD
        ],
        "hints": [
            {"kind": hint.kind, "cue": star(hint.cue), "detail": hint.detail} | _span(hint)
            for hint in found.hints
        ],
        "personal": [{"kind": mask.kind} | _span(mask) for mask in found.masks],
        "notes": list(found.notes),
    }
    if privacy is Privacy.MASKED:
        told["text"] = _masked(need.whole, found)
    if privacy is Privacy.PERSONAL:
        told |= {"text": need.whole, "phones": list(found.phones)}
    return told


def _services(found: Suggestion, star: Callable[[str], str]) -> list[Answer]:
    return [
        {
            "code": category.service_code,
            "name": category.name,
            "confidence": round(category.confidence, 4),
            "band": category.band.value,
            "evidence": [star(words) for words in category.evidence],
        }
        for category in found.categories
    ]


def _places(found: Suggestion) -> list[Answer]:
    return [
        {"name": place.name}
        | _span(place)
        | {
            "candidates": [
                {"code": candidate.code, "label": candidate.label} for candidate in place.candidates
            ]
        }
        for place in found.places
    ]


def _span(found: DangerFinding | PlaceFinding | AddressPart | Hint | Mask) -> Answer:
    return {"start": found.start, "end": found.end}


def refusal(unread: Unread, *, source: str) -> Answer:
    """Return what is told of a line that could not be read."""
    told: Answer = {"source": source, "line": unread.line}
    if unread.id is not None:
        told["id"] = unread.id
    return {**told, "error": unread.error}


def _masked(whole: str, found: Suggestion) -> str:
    """Return the text with names, numbers and doors starred; every place stays where it was."""
    masks = [(mask.start, mask.end) for mask in found.masks]
    return mask_spans(whole, [*masks, *doors(found.address_parts)])


def _starrer(found: Suggestion, whole: str, privacy: Privacy) -> Callable[[str], str]:
    """Return how to star in what is quoted whatever leads to a person."""
    parts = {part.text for part in found.address_parts if part.kind in HOUSEHOLD}
    parts |= {whole[mask.start : mask.end] for mask in found.masks}
    hidden = sorted((p for p in parts if len(p) >= SHORTEST_STARRED), key=len, reverse=True)

    def star(words: str) -> str:
        for part in hidden:
            words = words.replace(part, "*" * len(part))
        return mask_numbers(words)

    return str if privacy is Privacy.PERSONAL else star


def told_to_people(told: Mapping[str, Any]) -> str:
    """Return an answer in a few lines of Chinese."""
    where = f"第 {told['line']} 行" if told["line"] else told["source"]
    where += f"（{told['id']}）" if "id" in told else ""
    if "error" in told:
        return _harmless(f"{where}：读不了：{told['error']}")
    services = [f"{s['name']}（{s['confidence']:.0%}）" for s in told["services"][:3]]
    places = ["或".join(c["label"] for c in p["candidates"]) or p["name"] for p in told["places"]]
    lines = [f"{where}：{URGENCIES[told['urgency']]}"]
    lines += [f"  因为：{'；'.join(told['urgency_reasons'])}"] * bool(told["urgency_reasons"])
    person = "，请人工判断" if told["needs_person"] else ""
    lines.append(f"  事项：{'、'.join(services) or '没有相近的'}{person}")
    lines += [f"  地点：{'、'.join(places)}"] * bool(places)
    hints = [f"{h['kind']}“{h['detail'] or h['cue']}”" for h in told["hints"]]
    lines += [f"  提示：{'、'.join(hints)}"] * bool(hints)
    lines += [f"  留意：{note}" for note in told["notes"]]
    lines += [f"  原文：{text}" for text in [told.get("text")] if text]
    return "\n".join(map(_harmless, lines))


def _harmless(line: str) -> str:
    """Show what a terminal would obey, or what would look like another line, as a mark."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
