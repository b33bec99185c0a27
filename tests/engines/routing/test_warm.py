"""The kernel is compiled once, wherever it may be kept."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.routing.cases import week
from numba.core.registry import CPUDispatcher

import dianliang
from dianliang.engines import routing
from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing.homecare import _kernel as homecare_kernel
from tests.benchmarks.routing.test_cases import SMALL
from tests.engines.routing.worlds import job, team

ASK = "from dianliang.engines.routing import _cache; print(_cache.cache_folder())"


@pytest.fixture
def package(tmp_path):
    """Copy what the engine needs to a place of its own, without anything compiled."""
    source = Path(dianliang.__file__).parent
    leave_out = shutil.ignore_patterns("__pycache__")
    (tmp_path / "dianliang").mkdir()
    shutil.copy(source / "__init__.py", tmp_path / "dianliang")
    for floor in ("kernel", "engines"):
        shutil.copytree(source / floor, tmp_path / "dianliang" / floor, ignore=leave_out)
    return tmp_path


def test_no_module_asks_for_the_kernel_already_when_it_is_imported():
    """A name in an annotation is looked up at once, unless it is quoted."""
    late = {name for names in routing._ON_DEMAND.values() for name in names}
    found = []
    for path in Path(dianliang.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "from dianliang.engines import routing" in text:
            for function in ast.walk(ast.parse(text)):
                if isinstance(function, ast.FunctionDef):
                    asked = [ast.walk(part) for part in (function.args, function.returns) if part]
                    names = {getattr(node, "attr", "") for part in asked for node in part}
                    found += [(path.name, function.name, name) for name in names & late]

    assert found == []


@pytest.mark.parametrize("compiled", [kernel, homecare_kernel])
def test_what_python_may_call_of_a_kernel_is_made_for_it(compiled):
    """Called from Python, what is made for compiled callers only would end the process."""
    asked = [getattr(compiled, name) for name in compiled.__all__]
    functions = [one for one in asked if isinstance(one, CPUDispatcher)]

    assert functions
    assert [f for f in functions if f.targetoptions.get("no_cpython_wrapper")] == []


def test_nobody_asks_a_kernel_for_what_it_does_not_show():
    inner = re.compile(r"_kernel\.\w+ import|import_module\(.*_kernel\.")
    engines = Path(dianliang.__file__).parent / "engines" / "routing"
    outside = [path for path in engines.rglob("*.py") if path.parent.name != "_kernel"]

    assert [path.name for path in outside if inner.search(path.read_text(encoding="utf-8"))] == []


def folder_of(package, **environment):
    clean = {k: v for k, v in os.environ.items() if k not in {"NUMBA_CACHE_DIR", "HOME"}}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**clean, "PYTHONPATH": str(package), **environment},
        cwd=package,
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def test_a_changed_kernel_is_compiled_anew(package):
    before = folder_of(package)
    with (package / "dianliang/engines/routing/_kernel/groups.py").open("a") as kernel:
        kernel.write("# changed\n")

    assert folder_of(package) != before
    assert before.parent == package / "dianliang/engines/routing/_kernel/__pycache__"


def test_machine_code_is_kept_where_it_was_told_or_may_be_written(package, tmp_path):
    blocked = package / "dianliang/engines/routing/_kernel/__pycache__"
    shutil.rmtree(blocked, ignore_errors=True)
    blocked.write_text("not a folder")  # root may write anywhere, but not below a file

    told = folder_of(package, NUMBA_CACHE_DIR=str(tmp_path / "told"))
    at_home = folder_of(package, HOME=str(tmp_path / "home"))
    nowhere = folder_of(package, HOME=str(blocked))

    assert told.parent == tmp_path / "told"
    assert at_home.parent == tmp_path / "home" / ".cache" / "dianliang"
    assert nowhere.is_dir()
    assert blocked not in nowhere.parents


def test_what_was_warmed_says_so():
    routing.warm()

    assert routing.is_warm()


def test_what_was_warmed_serves_problems_with_and_without_series_whatever_their_weights():
    """A price that is a whole number is another type to the compiler: 22 s for a user who waits."""
    compiled = [kernel.improve, kernel.build, kernel.best_anywhere, kernel.schedule]
    routing.warm()
    before = [len(each.signatures) for each in compiled]

    for weights in (routing.Weights(), routing.Weights(travel_per_s=1, balance=0, series_team=5.5)):
        for series in ((), (routing.Series(id="S", job_ids=("J0", "J1")),)):
            problem = routing.Problem(
                jobs=(job("J0"), job("J1")),
                teams=(team("A", days=2),),
                series=series,
                weights=weights,
            )
            routing.solve(problem, stop=routing.MaxIterations(limit=1))

    assert [len(each.signatures) for each in compiled] == before


def compiled_so_far():
    """Return what each function of the kernel was compiled for."""
    modules = [module for name, module in sys.modules.items() if name.startswith(kernel.__name__)]
    functions = [one for module in modules for one in vars(module).values()]
    return {
        one.py_func.__name__: set(one.signatures)
        for one in functions
        if isinstance(one, CPUDispatcher)
    }


@pytest.mark.parametrize("name", [*SMALL, "many teams"])
def test_what_was_warmed_serves_every_kind_of_case_as_a_whole_and_in_regions(name):
    """An array that is a slice of another is another type to the compiler too."""
    problem = week(visits=60, stewards=20) if name == "many teams" else SMALL[name]
    routing.warm()
    before = compiled_so_far()

    for region_jobs in (1000, 20):
        params = routing.Params(region_jobs=region_jobs)
        routing.solve(problem, stop=routing.MaxIterations(limit=20), params=params)

    assert before["improve"]
    assert compiled_so_far() == before
