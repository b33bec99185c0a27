"""Make the files of villages from records, as they stand now: all of them in one go."""

from collections.abc import Iterable
from datetime import datetime

from dianliang.domain.network.access import with_cells
from dianliang.domain.territory.models import Area
from dianliang.flows.village_file.model import Scope, VillageFile
from dianliang.flows.village_file.sections import SECTIONS


def compile_files(villages: Iterable[Area], *, at: datetime) -> dict[int, VillageFile]:
    """Return the file of each village as of now; the number of queries is that of one."""
    scope = _scope(villages, at=at)
    parts = [provide(scope) for provide in SECTIONS]
    return {
        village.pk: VillageFile(
            code=village.code,
            name=village.name,
            township=village.parent.name if village.parent else "",
            sections=tuple(part[village.pk] for part in parts if village.pk in part),
        )
        for village in scope.villages
    }


def _scope(villages: Iterable[Area], *, at: datetime) -> Scope:
    own = tuple(villages)
    return Scope(villages=own, at=at, homes=with_cells(village.pk for village in own))
