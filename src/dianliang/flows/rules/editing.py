"""What an administrator does with the table of rules, from one row to the table in force."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.directory import operations, rules
from dianliang.domain.directory.conflicts import Conflict, conflicts
from dianliang.domain.directory.models import RuleVersion
from dianliang.domain.directory.operations import UnableToChangeRulesError
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import RuleRow
from dianliang.flows.rules import sheets, trial
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong with a table; `digest` names exactly these warnings."""

    errors: tuple[Conflict, ...]
    warnings: tuple[Conflict, ...]
    about_all: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return what stands for having read these warnings; empty if there are none."""
        words = [*self.about_all, *(f"{one.row}{one.words}" for one in self.warnings)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16] if words else ""


def checked(draft: rules.DraftRow, *, on: date) -> Checked:
    """Return what is wrong with the draft, as a table and against the one in force."""
    found = conflicts(draft.rows, on=on)
    current = rules.version_in_force()
    about_all = []
    if draft.is_open and draft.base != current:
        about_all.append(
            f"这份草稿从第 {draft.base} 版改起，现行的已是第 {current} 版："
            f"生效后，第 {current} 版的改动会被这份草稿覆盖，请先核对。"
        )
    if draft.is_open and not draft.rows:
        about_all.append("草稿里没有规则：生效后全部按服务区域和要素派单。")
    return Checked(
        errors=tuple(one for one in found if one.is_error),
        warnings=tuple(one for one in found if not one.is_error),
        about_all=tuple(about_all),
    )


def save_row(*, place: int | None, row: RuleRow, seen: int, by: Actor, at: datetime) -> None:
    """Put a row into the draft, at a place (counted from 0) or at the end.

    Raises:
        InvalidInputError: a choice is missing or unknown; the field is named.
        StaleStateError: another administrator changed the draft meanwhile.
    """
    row = _clean(row)
    present = list(rules.draft().rows)
    if place is None:
        present.append(row)
    elif place < len(present):
        present[place] = row
    else:
        raise UnableToChangeRulesError("这条规则已经不在草稿里，请刷新后再改。")
    verb = "添加" if place is None else "改"
    operations.change_draft(rows=present, seen=seen, words=_told(verb, row), by=by, at=at)


def remove_row(*, place: int, seen: int, by: Actor, at: datetime) -> None:
    """Take a row out of the draft.

    Raises:
        UnableToChangeRulesError: there is no such row.
        StaleStateError: another administrator changed the draft meanwhile.
    """
    present = list(rules.draft().rows)
    if place >= len(present):
        raise UnableToChangeRulesError("这条规则已经不在草稿里，请刷新后再改。")
    gone = present.pop(place)
    operations.change_draft(rows=present, seen=seen, words=_told("删", gone), by=by, at=at)


def upload(*, content: bytes, seen: int, by: Actor, at: datetime) -> int:
    """Make a file the draft, as a whole; return how many rules it holds.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written; row and column are named.
        StaleStateError: another administrator changed the draft meanwhile.
    """
    made = sheets.read(content)
    if not made:
        raise InvalidRowsError(["派单规则表没有一条规则。要全部删去，请在页面上逐条删。"])
    operations.change_draft(
        rows=made, seen=seen, words=f"上传 Excel，共 {len(made)} 条", by=by, at=at
    )
    return len(made)


def discard(*, seen: int, by: Actor, at: datetime) -> None:
    """Give the draft up.

    Raises:
        StaleStateError: another administrator changed it meanwhile.
    """
    operations.discard_draft(seen=seen, by=by, at=at)


@transaction.atomic
def apply(
    *, seen: int, version: int, read: str, reason: str, by: Actor, at: datetime
) -> RuleVersion:
    """Let the draft take effect: no error is left, and its warnings were read.

    `seen` and `version` are the draft and the table in force that were tried; `read` is the
    digest of the warnings.

    Raises:
        UnableToChangeRulesError: an error is left, or the warnings were not read.
        StaleStateError: draft or table changed meanwhile.
    """
    reason = clean_text(reason, field="reason", label="原因", most=500)
    draft = rules.draft()
    if not draft.is_open:
        raise UnableToChangeRulesError("现在没有草稿可以生效。可能刚才已经生效，请看现行版本。")
    found = checked(draft, on=at.astimezone(SHANGHAI).date())
    if found.errors:
        raise UnableToChangeRulesError(_first(found.errors, "不能生效"))
    if found.digest != read:
        raise UnableToChangeRulesError("还有提示没有确认（或刚有变化），请看过下面的提示再生效。")
    effect = trial.run(draft.rows, by=by, at=at).words
    return operations.put_in_force(
        seen=seen, version=version, reason=reason, effect=effect, by=by, at=at
    )


@transaction.atomic
def restore(
    *, number: int, seen: int, version: int, reason: str, by: Actor, at: datetime
) -> RuleVersion:
    """Return to an earlier version in one step; what has become impossible since is refused.

    Raises:
        UnableToChangeRulesError: there is no such version, or units or services of it are gone.
        StaleStateError: draft or table changed meanwhile.
    """
    reason = clean_text(reason, field="reason", label="原因", most=400)
    earlier = rules.version(number)
    if earlier is None:
        raise UnableToChangeRulesError(Phrase("没有第 %(number)s 版。", number=number))
    found = conflicts(earlier.rows, on=at.astimezone(SHANGHAI).date())
    errors = tuple(one for one in found if one.is_error)
    if errors:
        raise UnableToChangeRulesError(
            _first(errors, Phrase("第 %(number)s 版不能恢复", number=number))
        )
    effect = trial.run(earlier.rows, by=by, at=at).words
    return operations.restore(
        number=number, seen=seen, version=version, reason=reason, effect=effect, by=by, at=at
    )


def _first(errors: Sequence[Conflict], what: str) -> str:
    return Phrase(
        "%(what)s：第 %(row)d 条%(words)s%(more)s",
        what=Phrase(what),
        row=errors[0].row + 1,
        words=Phrase(errors[0].words),
        more=Phrase("（另有 %(n)d 处）", n=len(errors) - 1) if len(errors) > 1 else "",
    )


def _clean(row: RuleRow) -> RuleRow:
    def code(value: str, field: str, label: str) -> str:
        return clean_text(value, field=field, label=label, most=24, least=1)

    if row.owner not in {"", *Owner.values}:
        raise InvalidInputError("没有这种设施归属，请重新选择。", field="owner")
    return RuleRow(
        service_code=code(row.service_code, "service_code", "服务事项"),
        area_code=code(row.area_code, "area_code", "区域"),
        owner=row.owner,
        unit_code=code(row.unit_code, "unit_code", "主办单位"),
        assisting=tuple(code(one, "assisting", "协办单位") for one in row.assisting),
    )


def _told(verb: str, row: RuleRow) -> str:
    helpers = f"，协办 {'、'.join(row.assisting)}" if row.assisting else ""
    whose = f" {Owner(row.owner).label}" if row.owner else ""
    return f"{verb}：{row.service_code} {row.area_code}{whose} → {row.unit_code}{helpers}"
