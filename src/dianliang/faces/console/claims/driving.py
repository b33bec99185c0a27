"""What charging at an electric vehicle centre avoids, under stated assumptions (row 000-12)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dianliang.domain.energy.access import READERS, WRITERS
from dianliang.domain.energy.queries import factors as library
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.claims.numbers import number_in
from dianliang.faces.console.fields import day
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.carbon import driving as flow
from dianliang.flows.claims import ClaimRow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

REPORTED_T = 16_000
"""What seed row 000-12 reports: where the form begins."""
BEGIN = {
    "avoided_t": f"{REPORTED_T}",
    "charged_kwh": "",
    "kwh_per_100_km": f"{flow.KWH_PER_100_KM:g}",
    "litres_per_100_km": f"{flow.LITRES_PER_100_KM:g}",
    "kg_per_litre": f"{flow.KG_PER_LITRE:g}",
    "fuel": "",
    "grid": "",
}
LABELS = {
    "avoided_t": "报道的减排量",
    "charged_kwh": "充电量",
    "kwh_per_100_km": "百公里电耗",
    "litres_per_100_km": "百公里油耗",
    "kg_per_litre": "燃油密度",
}


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def driving(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Reckon by every official factor; state what was charged, or what was reported."""
    sent = request.POST if request.method == "POST" else request.GET
    figures = {name: sent.get(name, value) for name, value in BEGIN.items()}
    refusal: DomainError | None = None
    found: tuple[flow.World, ...] = ()
    try:
        wish = _wish(figures)
        found = flow.worlds_of(**wish)
        if request.method == "POST":
            number = _stated(request, wish, by=by)
            messages.success(request, _("已登记为工程估算。"))
            return redirect("console:claim", number)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal = wrong
    centres = flow.centres(by=by)
    context = {
        "by": by,
        "asked": figures,
        "found": found,
        "centres": centres,
        "stated": [row for one in centres for row in flow.stated(one.number, by=by)],
        "fuels": [row for row in library.factors(kind="fuel") if row.unit == "kgCO2/kg"],
        "may_write": by.role in WRITERS,
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/claims/driving.html", context, status=status_of(refusal)
    )


def _wish(figures: dict[str, str]) -> dict[str, Any]:
    sent = QueryDict(mutable=True)
    sent.update(figures)
    told = {name: number_in(sent, name, label) for name, label in LABELS.items()}
    for name in ("kwh_per_100_km", "litres_per_100_km", "kg_per_litre"):
        if told[name] is None:
            raise InvalidInputError(_("每个假设都要填。"), field=name)
    for name in ("avoided_t", "charged_kwh"):
        if (told[name] or 1) <= 0:
            raise InvalidInputError(_("充电量和减排量应大于零。"), field=name)
    assumed = flow.Assumed(
        kwh_per_100_km=told["kwh_per_100_km"] or 0.0,
        litres_per_100_km=told["litres_per_100_km"] or 0.0,
        kg_per_litre=told["kg_per_litre"] or 0.0,
        fuel=figures["fuel"],
    )
    return {
        "assumed": assumed,
        "charged_kwh": told["charged_kwh"],
        "avoided_t": told["avoided_t"],
    }


def _stated(request: HttpRequest, wish: dict[str, Any], *, by: Actor) -> str:
    """State what was charged where it is known, else what was reported; return its number."""
    sent, at = request.POST, now()

    def make() -> ClaimRow:
        centres = {one.number: one for one in flow.centres(by=by)}
        centre = centres.get(sent.get("account", ""))
        if centre is None:
            raise InvalidInputError(_("请选择服务中心的碳账户。"), field="account")
        if wish["charged_kwh"] is None:
            if wish["avoided_t"] is None:
                raise InvalidInputError(_("请填充电量，或报道的减排量。"), field="charged_kwh")
            return flow.state_reported(
                name=centre.name,
                subject_number=centre.number,
                avoided_t=wish["avoided_t"],
                unit_code=centre.unit_code,
                assumed=wish["assumed"],
                by=by,
                at=at,
                is_generated=centre.is_generated,
            )
        return flow.state_charged(
            account=centre.number,
            assumed=wish["assumed"],
            grid=sent.get("grid", ""),
            charged_kwh=wish["charged_kwh"],
            from_on=day(sent.get("from_on", ""), field="from_on", label=_("数据期起")),
            until_on=day(sent.get("until_on", ""), field="until_on", label=_("数据期止")),
            reported_t=wish["avoided_t"],
            document=sent.get("document", "")[:200] or "—",
            by=by,
            at=at,
        )

    return made_once(request, "energy.driving", make, at=at)
