"""Rows of a rule's draft as a form sends them, read one by one; a wrong one is named."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from dianliang.domain.appraisal.measures import BY_HAND
from dianliang.domain.appraisal.models import Indicator, ListItem
from dianliang.domain.appraisal.operations.rules import Aim, Item
from dianliang.domain.branches.models import PostKind
from dianliang.flows.branches.choices import words
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

Row = Mapping[str, str]


def read_item(number: int, row: Row) -> Item:
    """Return a row of a task list's template.

    Raises:
        InvalidInputError: a field makes no sense.
    """
    label = Phrase("第 %(number)s 行", number=number)
    code = row.get("post", "")
    post = PostKind.objects.filter(code=code.replace("\0", "")).first() if code else None
    if code and post is None:
        raise InvalidInputError(Phrase("%(label)s请选择职务。", label=Phrase(label)), field="rows")
    whose = row.get("whose", "") or ListItem.Whose.OWN
    if whose not in ListItem.Whose.values:
        raise InvalidInputError(
            Phrase("%(label)s请选择谁的记录。", label=Phrase(label)), field="rows"
        )
    day = row.get("due_day", "").strip()
    return Item(
        title=words(row["title"], field="rows", label=f"{label}任务", most=80, least=2),
        post=post,
        measure=row.get("measure", BY_HAND),
        whose=whose,
        least=whole(row.get("least", "") or "1", f"{label}“至少”", most=1000),
        weight=whole(row.get("weight", ""), f"{label}权重", most=100),
        due_day=whole(day, f"{label}“第几天前”", most=366) if day else None,
    )


def read_aim(number: int, row: Row) -> Aim:
    """Return a row of a rating's indicators.

    Raises:
        InvalidInputError: a field makes no sense.
    """
    label = Phrase("第 %(number)s 行", number=number)
    per = row.get("per", "") or Indicator.Per.TOTAL
    if per not in Indicator.Per.values:
        raise InvalidInputError(Phrase("%(label)s请选择口径。", label=Phrase(label)), field="rows")
    return Aim(
        dimension=words(row.get("dimension", ""), field="rows", label=f"{label}维度", most=24),
        title=words(row["title"], field="rows", label=f"{label}指标", most=60, least=2),
        measure=row.get("measure", BY_HAND),
        per=per,
        full_at=_decimal(row.get("full_at", ""), f"{label}满分值", most=Decimal(1_000_000)),
        weight=whole(row.get("weight", ""), f"{label}权重", most=100),
    )


def read_bands(text: str) -> list[tuple[str, Decimal]]:
    """Return the bands of lines such as ``五星｜90``.

    Raises:
        InvalidInputError: a line makes no sense.
    """
    found = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        name, _, least = line.replace("|", "｜").partition("｜")
        label = f"等次第 {number} 行"
        shown = words(name, field="bands", label=label, most=16)
        line_at = _decimal(least.strip(), f"{label}的分数线", most=Decimal(100), least=Decimal(0))
        found.append((shown, line_at))
    return found


def whole(text: str, label: str, *, most: int, least: int = 1) -> int:
    """Return a whole number within bounds.

    Raises:
        InvalidInputError: it is none, or beyond them.
    """
    asked = text.strip()
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 6):
        raise InvalidInputError(Phrase("%(label)s应填整数。", label=Phrase(label)), field="rows")
    if not least <= int(asked) <= most:
        raise InvalidInputError(
            Phrase(
                "%(label)s应为 %(least)s 到 %(most)s。", label=Phrase(label), least=least, most=most
            ),
            field="rows",
        )
    return int(asked)


def _decimal(text: str, label: str, *, most: Decimal, least: Decimal = Decimal("0.01")) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise InvalidInputError(
            Phrase("%(label)s应填数字。", label=Phrase(label)), field="rows"
        ) from error
    if not found.is_finite() or not least <= found <= most or round(found, 2) != found:
        raise InvalidInputError(
            Phrase(
                "%(label)s应为 %(least)s 到 %(most)s，最多两位小数。",
                label=Phrase(label),
                least=least,
                most=most,
            ),
            field="rows",
        )
    return found
