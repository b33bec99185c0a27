"""The share of households that have a charging station within reach, stated as a claim."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dianliang.domain.energy.queries import claims as claim_book
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.flows.charging_reach import ReachPage
from dianliang.flows.claims import ClaimDraft, EvidenceDraft, restate_claim
from dianliang.flows.energy.reach import Limits
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

ENGINE, VERSION = "engines.covering", "1"
SUBJECT = "charging"
MOST_NAMED = 20
"""Stations that a claim names one by one; all of them are in its digest."""


@transaction.atomic
def state(
    *, page: ReachPage, limits: Limits, by: Actor, at: datetime, is_generated: bool = False
) -> ClaimRow:
    """State what share of households is reached today (登记充电覆盖), counted village by village.

    Stated again for the same limits it takes the place of what was stated before.

    Raises:
        UnableToClaimError, NotVisibleError: see `restate_claim`.
    """
    today = at.astimezone(SHANGHAI).date()
    stations = [one for one in page.stations if one.is_open]
    return restate_claim(
        draft=ClaimDraft(
            title=Phrase("充电站覆盖的户数占比（%(reach)s）", reach=_reach(limits)),
            kind="coverage",
            value=round(page.before_share * 100, 4),
            measure="%",
            option="counted",
            method=Phrase(
                "%(reached)d / %(total)d 户在 %(reach)s 之内：逐村计，路程为直线乘 %(detour)s。",
                reached=page.before,
                total=page.total,
                reach=_reach(limits),
                detour=f"{limits.detour:g}",
            ),
            boundary=Phrase(
                "阵地登记里开着的 %(stations)d 座充电站；户数取台区供电户数；%(unplaced)d 个村"
                "没有坐标，没有算进去；不含私人桩。",
                stations=len(stations),
                unplaced=page.unplaced,
            ),
            no_interval=Phrase("按登记逐村计数，不是抽样；路程是估算，没有给误差范围。"),
            engine=ENGINE,
            engine_version=VERSION,
            subject_kind=SUBJECT,
            subject_name=Phrase("充电覆盖"),
            evidence=[
                EvidenceDraft(
                    kind="note",
                    words=Phrase(
                        "%(day)s 的登记：%(stations)s",
                        day=f"{today}",
                        stations="、".join(one.name for one in stations[:MOST_NAMED])[:200],
                    ),
                    digest=_digest(page, today),
                )
            ],
            key=key_of(limits, by=by),
            is_generated=is_generated,
        ),
        reason=Phrase("充电站、户数或范围有变化。"),
        by=by,
        at=at,
    )


def stated(limits: Limits, *, by: Actor) -> ClaimRow | None:
    """Return what is stated now for these limits."""
    key = key_of(limits, by=by)
    return claim_book.by_key([key], by=by).get(key)


def key_of(limits: Limits, *, by: Actor) -> str:
    """Return the key that a coverage is stated under: one for a unit and a reach."""
    return f"reach:{by.unit_code}:{limits.within_km}:{limits.within_min}:{limits.speed_kmh:g}"


def _reach(limits: Limits) -> str:
    parts = []
    if limits.within_km is not None:
        parts.append(f"{limits.within_km:g} km")
    if limits.within_min is not None:
        parts.append(f"{limits.within_min:g} min")
    return "、".join(parts) or "—"


def _digest(page: ReachPage, on: date) -> str:
    said: list[Any] = [f"{on}", [(one.code, one.is_open) for one in page.stations]]
    said.append([(row.code, row.households, row.before_km) for row in page.villages])
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
