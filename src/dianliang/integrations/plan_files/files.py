"""Which file is read and written how."""

from collections.abc import Callable, Mapping

from dianliang.core.sheets import OLE_MAGIC, ZIP_MAGIC
from dianliang.engines.routing import Plan
from dianliang.integrations.plan_files.documents.document import plan_document, read_problem
from dianliang.integrations.plan_files.geojson import plan_geojson
from dianliang.integrations.plan_files.loaded import Loaded
from dianliang.integrations.plan_files.workbooks.plan import Making, plan_workbook
from dianliang.integrations.plan_files.workbooks.problem import read_workbook
from dianliang.kernel.errors import DomainError

Writer = Callable[[Loaded, Plan, Making], bytes]
WRITERS: Mapping[str, Writer] = {
    ".json": lambda _, plan, making: plan_document(plan, bound=making.bound),
    ".geojson": lambda loaded, plan, _: plan_geojson(loaded, plan),
    ".xlsx": plan_workbook,
}
"""By the end of the name."""
EXCEL = (".xlsx", ".xls", ".xlsm")
OPENING = (b"{", b"[", b"\xef\xbb\xbf")
"""How JSON may begin, whatever the file is called."""


class UnknownFileError(DomainError):
    """A file is neither a workbook nor JSON, and its name says so."""

    code = "plan.unknown-file"


def read_input(content: bytes, *, name: str) -> Loaded:
    """Return the problem of a file; what it holds decides, then what it is called.

    Raises:
        DomainError: it cannot be read, or rows are wrong; see the readers.
    """
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)) or name.lower().endswith(EXCEL):
        return read_workbook(content, name=name)
    if not name.lower().endswith(".json") and not content.lstrip().startswith(OPENING):
        raise UnknownFileError(
            f"{name} 既不是 Excel 也不是 JSON。请用 dianliang plan --template 文件.xlsx "
            "写出模板，把内容贴进去，存成 .xlsx。"
        )
    return read_problem(content, name=name)
