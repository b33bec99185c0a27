"""Lines and transformers as Excel: blank tables, filled-in tables in, the present ones out."""

from datetime import datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.core.sheets import FILL_IN
from dianliang.domain.network import access, queries
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.flows import importing
from dianliang.flows.importing import Imported
from dianliang.flows.importing.tables import ADVICE, NETWORK_TEMPLATES
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError


def blank(name: str) -> bytes:
    """Return one of the tables to fill in.

    Raises:
        KeyError: there is none with this name.
    """
    headings, example = NETWORK_TEMPLATES[name]
    return blanks.template(headings, example=example, title=name, advice=ADVICE)


def load(
    *,
    feeders: bytes | None,
    transformers: bytes | None,
    by: Actor,
    at: datetime,
    only_check: bool = False,
) -> Imported:
    """Write filled-in tables; a row with a known code brings that one up to date.

    Raises:
        InvalidInputError: no file was given.
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    if not feeders and not transformers:
        raise InvalidInputError("请选择线路表或变压器表。", field="feeders")
    return importing.import_county(
        feeders=feeders or None,
        transformers=transformers or None,
        by=by,
        at=at,
        only_check=only_check,
    )


@transaction.atomic
def filled(name: str, *, by: Actor, at: datetime) -> bytes:
    """Return one of the tables with what there is in the actor's villages; it can be brought back.

    The export is on record.

    Raises:
        KeyError: there is none with this name.
    """
    headings, _ = NETWORK_TEMPLATES[name]
    rows = {"feeders.xlsx": _feeders, "transformers.xlsx": _transformers}[name](by=by, at=at)
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, FILL_IN, headings, examples=rows)
    book.close()
    audit.record_about(
        "network.transformer.export",
        target_type="network.transformer",
        target_id=name,
        by=by,
        at=at,
        after=f"{len(rows)} 行",
    )
    return out.getvalue()


def _feeders(*, by: Actor, at: datetime) -> list[list[str]]:
    on = at.astimezone(SHANGHAI).date()
    codes = [row.code for row in queries.feeders(areas=_areas(by), on=on)]
    lines = Feeder.objects.filter(code__in=codes).select_related("unit")
    return [_feeder(row) for row in lines.prefetch_related("areas")]


def _transformers(*, by: Actor, at: datetime) -> list[list[str]]:
    """Return all of them: one that is planned or out of service is data too."""
    rows = Transformer.objects.filter(area_id__in=_areas(by)).select_related("area", "feeder")
    return [_transformer(row) for row in rows]


def _areas(by: Actor) -> list[int]:
    return list(access.with_cells(access.villages_of(by).values_list("pk", flat=True)))


def _feeder(row: Feeder) -> list[str]:
    return [
        row.code,
        row.name,
        row.get_voltage_display(),
        row.get_kind_display(),
        str(row.length_m),
        row.starts_at,
        row.ends_at,
        row.unit.code if row.unit else "",
        "、".join(area.code for area in row.areas.all()),
    ]


def _transformer(row: Transformer) -> list[str]:
    cells = (
        row.number,
        row.name,
        row.capacity_kva,
        row.get_use_display(),
        row.area.code,
        row.feeder.code,
        row.lat,
        row.lon,
        row.installed_on,
        row.retired_on,
        row.households,
        row.peak_kw,
        row.peak_on,
    )
    return ["" if cell is None else str(cell) for cell in cells]
