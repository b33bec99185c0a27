"""Read, search or check, verify, write: one run of ``dianliang plan``."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dianliang.cli.clock import now
from dianliang.cli.planning.arguments import Asked, asked
from dianliang.cli.planning.search import search
from dianliang.cli.planning.summary import summary, violations_in_words
from dianliang.core import disk
from dianliang.core.checks import InvalidRowsError
from dianliang.engines import routing
from dianliang.engines.routing import Plan, check
from dianliang.integrations.plan_files.checking import strange_in
from dianliang.integrations.plan_files.documents.document import problem_document, read_plan
from dianliang.integrations.plan_files.documents.schema import json_schema
from dianliang.integrations.plan_files.files import WRITERS, read_input
from dianliang.integrations.plan_files.loaded import Loaded
from dianliang.integrations.plan_files.workbooks.plan import Making
from dianliang.integrations.plan_files.workbooks.template import template
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, reason


class UnableToPlanError(DomainError):
    """A plan cannot be read, is not sound, or cannot be written."""

    code = "plan.unable"


def run(words: Sequence[str]) -> int:
    """Do what was asked for and return 0.

    Raises:
        DomainError: the input is wrong or the plan is not sound; nothing was written.
    """
    wish = asked(words)
    if wish.schema:
        sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
    if wish.template is not None:
        if wish.template.exists():
            raise UnableToPlanError(f"{wish.template} 已经存在，不会覆盖，请换一个文件名。")
        _write({wish.template: template(on=now().astimezone(SHANGHAI).date())})
    if wish.source is not None:
        _plan(wish, wish.source)
    return 0


def _plan(wish: Asked, source: Path) -> None:
    loaded = read_input(_content(source), name=source.name)
    for notice in loaded.notices:
        sys.stdout.write(f"请留意：{notice}\n")
    if wish.problem is not None:
        _write({wish.problem: problem_document(loaded.problem, labels=loaded.labels)})
    began = time.monotonic()
    plan = _checked(wish.check, loaded) if wish.check else _searched(wish, loaded)
    searched_s = time.monotonic() - began
    proven = routing.bound(loaded.problem)
    making = Making(source=source.name, at=now(), searched_s=searched_s, bound=proven)
    made = {path: WRITERS[path.suffix.lower()](loaded, plan, making) for path in wish.outputs}
    _write(made)
    sys.stdout.writelines(f"{line}\n" for line in summary(loaded, plan, bound=proven))


def _searched(wish: Asked, loaded: Loaded) -> Plan:
    """Search, and refuse a plan that the independent checker does not pass."""
    start = None
    if wish.start is not None:
        start = read_plan(_content(wish.start), name=wish.start.name)
        _mention_strangers(start, loaded, wish.start.name)
    plan = search(loaded.problem, asked=wish, start=start)
    violations = check(loaded.problem, plan)
    if violations:
        raise UnableToPlanError(
            f"独立核对发现 {len(violations)} 处不符，没有写出计划；这是程序的错误，"
            f"请连同输入文件一起反馈：\n{violations_in_words(violations)}"
        )
    return plan


def _mention_strangers(start: Plan, loaded: Loaded, name: str) -> None:
    count = len(list(strange_in(start, loaded.problem)))
    if count:
        sys.stdout.write(f"请留意：{name} 有 {count} 处不在本次输入里，已略过。\n")


def _checked(path: Path, loaded: Loaded) -> Plan:
    """Return a plan that keeps every rule of the problem."""
    plan = read_plan(_content(path), name=path.name)
    strange = [f"{path.name} {words}" for words in strange_in(plan, loaded.problem)]
    if strange:
        raise InvalidRowsError(strange)
    violations = check(loaded.problem, plan)
    if violations:
        raise UnableToPlanError(
            f"{path.name} 有 {len(violations)} 处不符：\n{violations_in_words(violations)}"
        )
    return plan


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnableToPlanError(f"读不了 {path}：{reason(error)}。请检查文件名和权限。") from error


def _write(contents: dict[Path, bytes]) -> None:
    for path, content in contents.items():
        try:
            disk.write(path, content)
        except OSError as error:
            message = f"写不了 {path}：{reason(error)}。文件正开着就先关掉，再检查目录和权限。"
            raise UnableToPlanError(message) from error
        sys.stdout.write(f"已写出 {path}\n")
