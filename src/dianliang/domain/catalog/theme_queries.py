"""What others may know about themes: the trees on a day, and what carries which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dianliang.domain.catalog.theme_models import Theme, ThemeMark, ThemeName
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """A theme as it is called on a day; `depth` 0 is a tree's root."""

    code: str
    name: str
    path: str
    depth: int
    basis: str
    to_check: str
    valid_from: date | None
    valid_until: date | None
    is_in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A theme that a record carries: of which tree, and who said so."""

    code: str
    name: str
    tree: str
    is_by_rule: bool
    is_by_source: bool
    marked_by: str


def themes(*, on: date, within: str = "/") -> tuple[ThemeRow, ...]:
    """Return the themes at or below a path in tree order, as they are called on a day."""
    called = names(on=on)
    found = Theme.objects.filter(path__startswith=within)
    rows = {theme.path: theme for theme in found}
    return tuple(_row(rows[path], called, on=on) for path in _in_order(rows))


def trees(*, on: date) -> tuple[ThemeRow, ...]:
    """Return the roots of the trees that are in use on a day."""
    return tuple(row for row in themes(on=on) if row.depth == 0 and row.is_in_use)


def children(rows: Iterable[ThemeRow], path: str) -> tuple[ThemeRow, ...]:
    """Return of some rows those directly below a path."""
    depth = path.count("/") - 1
    return tuple(row for row in rows if row.depth == depth and row.path.startswith(path))


def names(*, on: date) -> Mapping[int, str]:
    """Return what every theme is called on a day, by its key."""
    called = dict(Theme.objects.values_list("pk", "name"))
    later = ThemeName.objects.filter(from_on__lte=on).order_by("from_on")
    called.update(later.values_list("theme_id", "name"))
    return called


def theme_to_use(code: str) -> Theme:
    """Return a theme.

    Raises:
        NotVisibleError: there is none.
    """
    found = None if "\0" in code else Theme.objects.filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个主题。")
    return found


def carried(*, kind: str, number: str, on: date) -> tuple[Carried, ...]:
    """Return the themes that a record carries, in tree order."""
    marks = ThemeMark.objects.filter(record_kind=kind, record_number=number, is_active=True)
    called, roots = names(on=on), dict(Theme.objects.values_list("code", "pk"))
    return tuple(
        Carried(
            code=mark.theme.code,
            name=called[mark.theme_id],
            tree=called[roots[mark.theme.path.split("/")[1]]],
            is_by_rule=mark.origin == ThemeMark.Origin.RULE,
            is_by_source=mark.origin == ThemeMark.Origin.SOURCE,
            marked_by=mark.marked_by,
        )
        for mark in marks.select_related("theme")
    )


def marks(*, kind: str, paths: Collection[str]) -> QuerySet[ThemeMark]:
    """Return the marks of a kind of records with a theme at or below one of some paths."""
    below = Q(pk__in=())
    for path in paths:
        below |= Q(theme__path__startswith=path)
    return ThemeMark.objects.filter(below, record_kind=kind, is_active=True)


def _row(theme: Theme, called: Mapping[int, str], *, on: date) -> ThemeRow:
    begins, ends = theme.valid_from, theme.valid_until
    return ThemeRow(
        code=theme.code,
        name=called[theme.pk],
        path=theme.path,
        depth=theme.path.count("/") - 2,
        basis=theme.basis,
        to_check=theme.to_check,
        valid_from=begins,
        valid_until=ends,
        is_in_use=(begins is None or begins <= on) and (ends is None or on <= ends),
    )


def _in_order(rows: Mapping[str, Theme]) -> list[str]:
    """Return paths in tree order: siblings by their position, not by their code."""

    def key(path: str) -> tuple[tuple[int, str], ...]:
        parts = path.strip("/").split("/")
        ways = ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
        return tuple((rows[way].position if way in rows else 0, way) for way in ways)

    return sorted(rows, key=key)
