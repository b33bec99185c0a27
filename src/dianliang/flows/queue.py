"""What is done with the queue as a whole: several needs at once, and views that are kept."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.operations import filters
from dianliang.flows import handling
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_AT_ONCE = 100
BULK = {
    "accept": "受理",
    "take": "接收",
    "hand_over": "移交",
    "pause": "挂起",
    "resume": "恢复计时",
}
"""What may be done with several needs at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one of several needs."""

    number: str
    is_done: bool
    words: str


def bulk(
    *, verb: str, numbers: list[str], fields: dict[str, str], by: Actor, at: datetime
) -> tuple[Outcome, ...]:
    """Do one thing with several needs, each for itself; one outcome for each, in order.

    Raises:
        InvalidInputError: the request as a whole makes no sense; nothing was done.
    """
    if verb not in BULK:
        raise InvalidInputError("没有这种批量操作。", field="verb")
    chosen = list(dict.fromkeys(numbers))
    if not chosen:
        raise InvalidInputError("请先勾选要处理的需求。", field="number")
    if len(chosen) > MOST_AT_ONCE:
        message = Phrase(
            "一次最多处理 %(most)s 条，现在勾选了 %(n)d 条，请分批。",
            most=MOST_AT_ONCE,
            n=len(chosen),
        )
        raise InvalidInputError(message, field="number")
    _check(verb, fields)
    return tuple(_one(verb, number, fields, by=by, at=at) for number in chosen)


def _check(verb: str, fields: dict[str, str]) -> None:
    code = clean_text(fields.get("unit_code", ""), field="unit_code", label="单位", most=40)
    if verb == "hand_over" and not Unit.objects.filter(code=code).exists():
        raise InvalidInputError("请选择移交给哪个单位。", field="unit_code")
    if verb in {"hand_over", "pause"}:
        clean_text(fields.get("reason", ""), field="reason", label="原因", most=500, least=1)


def _one(verb: str, number: str, fields: dict[str, str], *, by: Actor, at: datetime) -> Outcome:
    try:
        handling.perform(verb=verb, number=number, fields=fields, by=by, at=at)
    except DomainError as refusal:
        return Outcome(number=number[:40], is_done=False, words=refusal.message)
    return Outcome(number=number, is_done=True, words=BULK[verb])


def keep_filter(*, name: str, query: str, is_shared: bool, by: Actor) -> None:
    """Keep a view of the queue under a name, for oneself or for one's unit."""
    filters.keep(name=_name(name), query=query, is_shared=is_shared, by=by)


def change_filter(*, name: str, new_name: str, is_shared: bool, by: Actor) -> None:
    """Rename one's own view, and share it or stop sharing it."""
    filters.change(name=_name(name), new_name=_name(new_name), is_shared=is_shared, by=by)


def delete_filter(*, name: str, by: Actor) -> None:
    """Delete one's own view."""
    filters.delete(name=_name(name), by=by)


def _name(text: str) -> str:
    return clean_text(text, field="name", label="名称", most=40, least=1)
