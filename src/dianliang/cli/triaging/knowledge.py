"""What a run of ``dianliang triage`` knows: an installation, files, or what the program brings."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from dianliang.cli.triaging.arguments import Asked
from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.home import DATABASE
from dianliang.engines.triage import (
    DEFAULT_LEXICON,
    AreaCard,
    Knowledge,
    ServiceCard,
    Triage,
)
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import decoded

SERVICE_COLUMNS = {
    "code": "事项编码",
    "name": "名称",
    "description": "说明",
    "keywords": "关键词",
    "examples": "示例说法",
    "is_urgent": "默认紧急",
}
AREA_COLUMNS = {
    "code": "编码",
    "name": "名称",
    "level": "级别",
    "parent": "上级编码",
    "aliases": "别名",
}
NEEDED = 4
"""The columns of areas that a table must have; the import has the same."""
LEVELS = {
    "省": "province",
    "市": "city",
    "县（区）": "county",
    "县": "county",
    "区": "county",
    "乡镇（街道）": "township",
    "乡镇": "township",
    "街道": "township",
    "村（社区）": "village",
    "村": "village",
    "社区": "village",
    "网格": "grid",
}
"""What a table calls the levels, as the import of areas knows them."""
FOUND_IN_TEXTS = frozenset({"county", "township", "village"})
LONGEST_CODE, LONGEST_NAME = 40, 60


class UnableToTriageError(DomainError):
    """A file of services or areas, or an installation, cannot be used."""

    code = "triage.unable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A triage that is ready, and what it knows, in words."""

    triage: Triage
    words: str


def prepared(asked: Asked) -> Prepared:
    """Return the triage that was asked for.

    Raises:
        UnableToTriageError: a file or the installation cannot be used; the message says why.
        InvalidRowsError: rows of a file are wrong; all are named.
    """
    if asked.services or asked.areas:
        return _from_files(asked.services, asked.areas)
    if not asked.is_shipped:
        home = asked.home or Path(os.environ.get("DIANLIANG_HOME") or "var").expanduser()
        is_elsewhere = not asked.home and bool(os.environ.get("DIANLIANG_DATABASE"))
        if is_elsewhere or (home / DATABASE).exists():
            return _installed(home)
        if asked.home:
            message = f"{home} 里没有安装（没有 {DATABASE}）。请检查目录，或改用 --shipped。"
            raise UnableToTriageError(message)
    return _from_files(None, None, with_demo=True)


def _installed(home: Path) -> Prepared:
    """Prepare with an installation's own knowledge, and what its decisions taught."""
    os.environ["DIANLIANG_HOME"] = str(home)
    import_module("django").setup()
    try:
        made: Triage = import_module("dianliang.flows.triage").prepared()
    except import_module("django.db").DatabaseError as error:
        message = f"{home} 的数据库不能用（{error}）。请运行 dianliang doctor，或改用 --shipped。"
        raise UnableToTriageError(message) from error
    return Prepared(triage=made, words=f"安装 {home} 的事项、区域和词语（{made.version}）")


def _from_files(services: Path | None, areas: Path | None, *, with_demo: bool = False) -> Prepared:
    rows = _services(services) if services else _shipped_services()
    places: tuple[AreaCard, ...] = ()
    if areas:
        places = _areas(areas)
    elif with_demo:
        places = _shipped_areas()
    made = Triage(Knowledge(services=rows, areas=places, lexicon=DEFAULT_LEXICON))
    of_services = str(services) if services else "随程序的服务事项"
    of_areas = str(areas) if areas else "演示县（安吉）的区域" if with_demo else "没有区域"
    return Prepared(triage=made, words=f"{of_services}、{of_areas}（{made.version}）")


def _shipped_services() -> tuple[ServiceCard, ...]:
    """Return the catalogue that a new installation begins with."""
    data = files("dianliang.domain.catalog").joinpath("data", "services.json")
    return tuple(_service(row) for row in json.loads(data.read_text(encoding="utf-8")))


def _shipped_areas() -> tuple[AreaCard, ...]:
    data = files("dianliang.flows.demo").joinpath("data", "anji", "areas.csv")
    county = {"code": "330523", "name": "安吉县", "level": "county"}
    rows = csv.DictReader(StringIO(data.read_text(encoding="utf-8")))
    return tuple(_area(row) for row in [county, *rows])


def _services(path: Path) -> tuple[ServiceCard, ...]:
    needed = [SERVICE_COLUMNS[key] for key in ("code", "name")]
    return tuple(_service(row) for row in _rows(path, SERVICE_COLUMNS, needed=needed))


def _areas(path: Path) -> tuple[AreaCard, ...]:
    needed = [*AREA_COLUMNS.values()][:NEEDED]

    def check(row: sheets.SheetRow, checks: Checks) -> None:
        checks.choice(row, AREA_COLUMNS["level"], {**LEVELS, **_SAME}, "village")

    rows = _rows(path, AREA_COLUMNS, needed=needed, check=check)
    cards = (_area(row) for row in rows)
    return tuple(card for card in cards if card.level in FOUND_IN_TEXTS)


_SAME = {level: level for level in LEVELS.values()}


def _rows(
    path: Path,
    columns: Mapping[str, str],
    *,
    needed: Sequence[str],
    check: Callable[[sheets.SheetRow, Checks], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, by the names that JSON has for them.

    Raises:
        UnreadableSheetError, UnableToTriageError: the file is no such table.
        InvalidRowsError: rows lack what they need, or a code stands twice.
    """
    content = _content(path)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"[", b"{")):
        rows = _json_rows(content, path, columns)
    else:
        rows = sheets.read(content, name=path.name, headings=needed)
    checks = Checks(path.name)
    code, name = columns["code"], columns["name"]
    checks.once(rows, code)
    for row in rows:
        checks.code(row, code, LONGEST_CODE, needed=True)
        checks.text(row, name, LONGEST_NAME, needed=True)
        if check:
            check(row, checks)
    checks.raise_if_any()
    return ({key: row.get(heading) for key, heading in columns.items()} for row in rows)


def _json_rows(content: bytes, path: Path, columns: Mapping[str, str]) -> list[sheets.SheetRow]:
    """Return the entries of a list as rows of a table: lists become words with 、 between."""
    try:
        found = json.loads(decoded(content) or "")
    except (ValueError, RecursionError) as error:
        raise UnableToTriageError(f"{path} 不是完整的 JSON，请检查。") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnableToTriageError(f'{path} 应是一个列表，每项是一个对象，例如 {{"code": …}}。')
    return [
        sheets.SheetRow(
            number,
            {
                heading: _told(one.get(key, one.get(f"{key}_code")))
                for key, heading in columns.items()
            },
        )
        for number, one in enumerate(found, start=1)
    ]


def _told(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "是"
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _service(row: Mapping[str, Any]) -> ServiceCard:
    return ServiceCard(
        code=row["code"],
        name=row["name"],
        description=row.get("description", ""),
        keywords=_several(row.get("keywords", "")),
        examples=_several(row.get("examples", "")),
        is_urgent=row.get("is_urgent") in {True, "是", "true", "1"},
    )


def _area(row: Mapping[str, Any]) -> AreaCard:
    level = row.get("level") or "village"
    return AreaCard(
        code=row["code"],
        name=row["name"],
        level=LEVELS.get(level, level),
        parent_code=row.get("parent") or "",
        aliases=_several(row.get("aliases", "")),
    )


def _several(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of a cell, one a line or with 、 or ； between."""
    if not isinstance(value, str):
        return tuple(value)
    for mark in "、；;":
        value = value.replace(mark, "\n")
    return tuple(filter(None, map(str.strip, value.split("\n"))))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"读不了 {path}：{error.strerror}。请检查文件名和权限。"
        raise UnableToTriageError(message) from error
