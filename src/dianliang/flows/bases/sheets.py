"""A matrix as an Excel table: import with every error told by its row, export to change again.

A row with a kind is a base, a row without is a heading. Rows with a known code are brought up to
date; what the table does not name stays. The whole tree is reckoned anew, so that a circle is found
wherever it closes, also through nodes that the table does not name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.checks import Checks
from dianliang.domain.venues import hours as opening_hours
from dianliang.domain.venues import keepers, opening, trees
from dianliang.domain.venues.models import Keeper, Matrix, Node, OpeningHours, Site
from dianliang.domain.venues.queries import TreeNode, sites_of, tree
from dianliang.flows.bases.reach import matrix_to_change
from dianliang.flows.bases.sheet_rows import (
    ADVICE,
    EXAMPLE,
    HEADINGS,
    NAME,
    NAMES,
    REQUIRED,
    Known,
    Read,
    paths,
    read_known,
    read_row,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_NODES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What an import wrote."""

    nodes: int
    new_nodes: int
    new_sites: int
    moved: int
    keepers: int
    hours: int


def template() -> bytes:
    """Return an empty table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title=NAME, advice=ADVICE)


@transaction.atomic
def take_in(
    *, code: str, content: bytes, seen: int, by: Actor, at: datetime, only_check: bool = False
) -> TakenIn:
    """Write a table into a matrix that the actor leads: all rows or none.

    With `only_check` everything is tried and taken back.

    Raises:
        NotVisibleError: the matrix is absent or another's.
        UnreadableSheetError, InvalidRowsError: nothing was written; every row is named.
        StaleStateError: somebody changed the matrix since it was read.
    """
    matrix = matrix_to_change(code, by=by)
    rows = sheets.read(content, name=NAME, headings=REQUIRED, optional=NAMES)
    trees.begin(matrix, seen=seen)
    known = read_known(matrix, rows, by=by)
    checks = Checks(NAME)
    checks.once(rows, "编码")
    on = at.astimezone(SHANGHAI).date()
    read = [read_row(row, known, checks, on=on) for row in rows]
    where = paths(rows, read, known, checks)
    if len(known.parents.keys() | {one.code for one in read}) > MOST_NODES:
        raise InvalidInputError(
            Phrase("一个体系最多 %(most_nodes)s 个节点。", most_nodes=MOST_NODES), field="file"
        )
    checks.raise_if_any()
    written = _write(matrix, read, where, known, by=by, at=at)
    audit.record_about(
        "venues.matrix.take_in",
        target_type="venues.matrix",
        target_id=matrix.code,
        by=by,
        at=at,
        after=f"节点 {written.nodes}，新增 {written.new_nodes}，移动 {written.moved}",
    )
    transaction.set_rollback(only_check)
    return written


def _write(
    matrix: Matrix,
    read: list[Read],
    where: Mapping[str, str],
    known: Known,
    *,
    by: Actor,
    at: datetime,
) -> TakenIn:
    new_sites = _write_sites(read, known)
    before = {code: node.path for code, node in known.nodes.items()}
    nodes = dict(known.nodes)
    _hang_new(matrix, read, where, known, nodes)
    changed = []
    told = {one.code: one for one in read}
    parents = known.parents | {one.code: one.parent for one in read}
    for code, node in known.nodes.items():
        one = told.get(code)
        present = (node.path, node.name, node.label)
        node.path, node.parent = where[code], nodes.get(parents[code])
        node.name, node.label = (one.name, one.label) if one else (node.name, node.label)
        if present != (node.path, node.name, node.label):
            changed.append(node)
    Node.objects.bulk_update(changed, ["path", "parent", "name", "label"], batch_size=200)
    return TakenIn(
        nodes=len(read),
        new_nodes=len(nodes) - len(known.nodes),
        new_sites=new_sites,
        moved=sum(where[code] != path for code, path in before.items()),
        keepers=_write_keepers(read, known, by=by, at=at),
        hours=_write_hours(read, known, by=by, at=at),
    )


def _hang_new(
    matrix: Matrix,
    read: list[Read],
    where: Mapping[str, str],
    known: Known,
    nodes: dict[str, Node],
) -> None:
    """Write the nodes that are new, level by level: what hangs below needs the key of its upper."""
    new = [one for one in read if one.code not in known.nodes]
    levels: dict[int, list[Read]] = {}
    for one in new:
        levels.setdefault(where[one.code].count("/"), []).append(one)
    for _, level in sorted(levels.items()):
        made = Node.objects.bulk_create(
            (
                Node(
                    matrix=matrix,
                    code=one.code,
                    name=one.name,
                    label=one.label,
                    site=known.sites.get(one.code) if one.site else None,
                    parent=nodes.get(one.parent),
                    path=where[one.code],
                )
                for one in level
            ),
            batch_size=500,
        )
        nodes |= {node.code: node for node in made}


def _write_sites(read: list[Read], known: Known) -> int:
    new, changed = [], []
    for one in read:
        if one.site is None:
            continue
        site = known.sites.get(one.code)
        if site is None:
            known.sites[one.code] = Site(code=one.code, **one.site)
            new.append(known.sites[one.code])
            continue
        if any(getattr(site, name) != value for name, value in one.site.items()):
            for name, value in one.site.items():
                setattr(site, name, value)
            changed.append(site)
    Site.objects.bulk_create(new, batch_size=500)
    columns = ["name", "kind", "venue_type", "area", "unit", "address", "lat", "lon"]
    Site.objects.bulk_update(changed, columns, batch_size=200)
    codes = [site.code for site in new]
    known.sites |= {site.code: site for site in Site.objects.filter(code__in=codes)}
    return len(new)


def _write_keepers(read: list[Read], known: Known, *, by: Actor, at: datetime) -> int:
    """Hand over what is given to somebody else; the first ones of all in one statement."""
    on = at.astimezone(SHANGHAI).date()
    named = [(known.sites[one.code], one.person) for one in read if one.site and one.person]
    present = keepers.in_office([site.pk for site, _ in named], on=on)
    told = frozenset(
        Keeper.objects.filter(site__in=[site.pk for site, _ in named]).values_list(
            "site", flat=True
        )
    )
    first = [
        Keeper(
            site=site,
            from_on=on,
            person_number=person,
            reason="表格导入",
            decided_at=at,
            decided_by=by.name,
        )
        for site, person in named
        if site.pk not in told
    ]
    Keeper.objects.bulk_create(first, batch_size=500)
    others = [
        (site, person)
        for site, person in named
        if site.pk in told and present.get(site.pk) != person
    ]
    for site, person in others:
        try:
            keepers.hand_over(
                site=site, person_number=person, from_on=on, reason="表格导入", by=by, at=at
            )
        except DomainError as refusal:
            words = Phrase(
                "%(name)s 编码 %(site_code)s：%(message)s",
                name=NAME,
                site_code=site.code,
                message=refusal.message,
            )
            raise InvalidInputError(words, field="file") from refusal
    return len(first) + len(others)


def _write_hours(read: list[Read], known: Known, *, by: Actor, at: datetime) -> int:
    """Let other hours count from today; where none were known, in one statement."""
    on = at.astimezone(SHANGHAI).date()
    wanted = [(known.sites[one.code], one.hours) for one in read if one.site and one.hours]
    told = frozenset(
        OpeningHours.objects.filter(site__in=[site.pk for site, _ in wanted]).values_list(
            "site", flat=True
        )
    )
    first = [(site, hours) for site, hours in wanted if site.pk not in told]
    opening_hours.set_first(first, by=by, at=at)
    count = len(first)
    for site, hours in wanted:
        if site.pk not in told:
            continue
        current = next((h for h in opening.versions_of(site) if h.from_on <= on), None)
        if current is None or (current.week, current.on_holidays) != (
            hours.week,
            hours.on_holidays,
        ):
            mark = opening.mark_of(site)
            opening_hours.set_hours(site=site, hours=hours, seen=mark, by=by, at=at)
            count += 1
    return count


def export(*, code: str, by: Actor, at: datetime) -> bytes:
    """Return a matrix as the table that can be changed and taken in again; it is on record.

    Raises:
        NotVisibleError: no such matrix in the actor's sight.
    """
    grown = tree(code, by=by)
    held = {
        site.pk: site
        for site in sites_of(by).filter(nodes__matrix__code=code).select_related("area", "unit")
    }
    people = keepers.in_office(None, on=at.astimezone(SHANGHAI).date())
    out = BytesIO()
    book = blanks.workbook(out)
    lines = [_line(node, held.get(node.site_id or 0), people) for node in grown.nodes]
    blanks.add_table(book, sheets.FILL_IN, HEADINGS, examples=lines)
    book.close()
    audit.record_about(
        "venues.matrix.export",
        target_type="venues.matrix",
        target_id=code,
        by=by,
        at=at,
        after=f"{len(lines)} 行",
    )
    return out.getvalue()


def _line(node: TreeNode, site: Site | None, people: Mapping[int, str]) -> Sequence[str]:
    place = (node.code, node.name, node.parent, node.label)
    if site is None:
        return (*place, *("" for _ in NAMES[4:]))
    return (
        *place,
        site.get_kind_display(),
        site.get_venue_type_display(),
        site.area.code,
        site.unit.code if site.unit else "",
        site.address,
        f"{site.lat:.6f}",
        f"{site.lon:.6f}",
        people.get(site.pk, ""),
        *("" for _ in NAMES[12:]),
    )
