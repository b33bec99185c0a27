"""Grid projects as an Excel file with two sheets: projects, and their milestones."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.core.blanks import Heading
from dianliang.domain.grid_projects import access
from dianliang.domain.grid_projects.queries.projects import StepRow, card_of
from dianliang.flows.grid_projects.keeping import KINDS, VOLTAGES
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

PROJECTS, STEPS = "工程", "里程碑"
NUMBER, NAME, KIND, VOLTAGE, AREAS = "项目编号", "名称", "类型", "电压等级", "区域编码"
LENGTH, CAPACITY, BUDGET, UNIT = (
    "线路长度（公里）",
    "变电容量（兆伏安）",
    "概算（元）",
    "建设单位编码",
)
STARTS, STATUS = "计划起算日", "状态"
STEP, PLANNED, EXPECTED, REACHED, WHO = "里程碑", "计划日期", "预计日期", "实际日期", "责任人或部门"
PROJECT_COLUMNS = (
    *(NUMBER, NAME, KIND, VOLTAGE, AREAS, LENGTH, CAPACITY, BUDGET, UNIT, STARTS),
    STATUS,
)
STEP_COLUMNS = (NUMBER, NAME, STEP, PLANNED, EXPECTED, REACHED, WHO)
KIND_OF = {label: value for value, label in KINDS}
VOLTAGE_OF = {label: value for value, label in VOLTAGES}
BOOK = Phrase("电网工程表")
PROJECT_EXAMPLE = (
    *("", "110 千伏样例变电站新建工程", "变电站", "110 千伏", "330523108204"),
    *("", "63", "48000000", "", "2027-01-04", ""),
)
STEP_EXAMPLE = ("", "110 千伏样例变电站新建工程", "选址", "2027-03-05", "", "", "发展建设部")


def project_headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of projects."""
    return (
        (NUMBER, "新工程留空，系统给号", ()),
        (NAME, "", ()),
        (KIND, "", tuple(KIND_OF)),
        (VOLTAGE, "", tuple(VOLTAGE_OF)),
        (AREAS, "几个编码用顿号隔开；请先把整列设为文本", ()),
        (LENGTH, "可留空", ()),
        (CAPACITY, "可留空", ()),
        (BUDGET, "可留空", ()),
        (UNIT, "留空按区域确定", ()),
        (STARTS, "新工程在“里程碑”表中写了计划日期时必填", ()),
        (STATUS, "供核对，导入时不看", ()),
    )


def step_headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of milestones."""
    return (
        (NUMBER, "新工程留空", ()),
        (NAME, "新工程按名称对应", ()),
        (STEP, "", ()),
        (PLANNED, "只对新工程：作为待复核的第一版基准计划", ()),
        (EXPECTED, "留空不变", ()),
        (REACHED, "填了就表示已完成", ()),
        (WHO, "留空不变", ()),
    )


def blank() -> bytes:
    """Return the workbook to fill in."""
    return _book([PROJECT_EXAMPLE], [STEP_EXAMPLE])


def filled(*, by: Actor, on: date, at: datetime) -> bytes:
    """Return all projects of the actor as they stand, to be changed and read back."""
    projects: list[Sequence[str]] = []
    steps: list[Sequence[str]] = []
    rows = list(access.own(by).prefetch_related("areas"))
    for project in rows:
        card = card_of(project, role=by.role, on=on)
        plan = next((b for b in card.baselines if b.status == "IN_FORCE"), None)
        projects.append(
            (
                project.number,
                project.name,
                str(project.get_kind_display()),
                str(project.get_voltage_display()),
                "、".join(area.code for area in project.areas.all()),
                _number(project.length_km),
                _number(project.capacity_mva),
                "" if project.budget_cny is None else f"{project.budget_cny}",
                project.unit.code,
                _iso(plan.starts_on if plan else None),
                str(project.get_status_display()),
            )
        )
        steps += [_step(project.number, project.name, step) for step in card.steps]
    audit.record_about(
        "grid_projects.project.export",
        target_type="grid_projects.project",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(rows)} 个工程",
    )
    return _book(projects, steps)


def _step(number: str, name: str, step: StepRow) -> Sequence[str]:
    days = (_iso(step.planned_on), _iso(step.forecast_on), _iso(step.actual_on))
    return (number, name, step.name, *days, step.responsible)


def _book(projects: Sequence[Sequence[str]], steps: Sequence[Sequence[str]]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, PROJECTS, project_headings(), examples=projects)
    blanks.add_table(book, STEPS, step_headings(), examples=steps)
    book.close()
    return out.getvalue()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
