"""``dianliang plan`` as a person runs it: files in, files out, plain about what is wrong."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from dianliang.cli.planning import command
from dianliang.core.checks import InvalidRowsError
from dianliang.engines.routing import MaxIterations, Problem, Violation, solve
from dianliang.integrations.plan_files.documents.document import (
    plan_document,
    problem_document,
    read_plan,
    read_problem,
)
from dianliang.integrations.plan_files.documents.schema import json_schema
from dianliang.kernel.errors import DomainError
from tests.engines.routing.worlds import county_day, job, team, window
from tests.integrations.plan_files.workbooks.books import book

PATIENCE_S = 60
QUICK = ("--iterations", "100")
SMALL = Problem(
    jobs=(job("J0"), job("J1", windows=(window(9, 11),)), job("J2", skills=frozenset({"dive"}))),
    teams=(team("A"), team("B", skills=())),
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a problem as JSON and as Excel."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.json").write_bytes(problem_document(SMALL))
    (tmp_path / "in.xlsx").write_bytes(book())
    return tmp_path


def plan(*words):
    return command.run(words)


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("source", ["in.json", "in.xlsx"])
def test_every_kind_of_output_is_written_at_once(here, capsys, source):
    outputs = ("-o", "a.json", "-o", "b.geojson", "-o", "deep/c.xlsx")

    assert plan(source, *outputs, *QUICK) == 0

    said = capsys.readouterr().out
    loaded = command.read_input((here / source).read_bytes(), name=source)
    made = read_plan((here / "a.json").read_bytes(), name="a.json")
    assert command.check(loaded.problem, made) == ()
    assert json.loads((here / "b.geojson").read_text(encoding="utf-8"))["features"]
    assert (here / "deep" / "c.xlsx").read_bytes().startswith(b"PK")
    assert f"排进 2/{len(loaded.problem.jobs)} 张工单" in said
    assert "利用率" in said


def test_what_is_left_out_is_told_with_reason_and_fix(here, capsys):
    plan("in.json", *QUICK)

    said = capsys.readouterr().out
    assert "请留意：/problem/jobs/2/skills：没有一支队伍具备技能“dive”" in said
    assert "J2：所选日期没有队伍具备有效的“dive”技能。最省的办法：" in said
    assert left_in(here) == ["in.json", "in.xlsx"]


def test_the_same_seed_and_rounds_make_the_same_plan(here):
    for name in ("a.json", "b.json"):
        plan("in.json", "-o", name, "--seed", "7", *QUICK)

    assert (here / "a.json").read_bytes() == (here / "b.json").read_bytes()
    assert read_plan((here / "a.json").read_bytes(), name="a").seed == 7


def test_a_search_goes_on_from_an_earlier_plan(here, capsys):
    problem = county_day(teams=4, jobs=40, seed=3)
    (here / "day.json").write_bytes(problem_document(problem))
    earlier = solve(problem, stop=MaxIterations(limit=3_000))
    (here / "earlier.json").write_bytes(plan_document(earlier))

    plan("day.json", "--start", "earlier.json", "-o", "later.json", "--iterations", "1")

    later = read_plan((here / "later.json").read_bytes(), name="later.json")
    assert later.objective.total <= earlier.objective.total
    assert "已略过" not in capsys.readouterr().out


def test_an_earlier_plan_of_other_days_is_followed_as_far_as_it_goes(here, capsys):
    other = solve(
        Problem(jobs=(job("X"), job("J0")), teams=(team("A"),)), stop=MaxIterations(limit=10)
    )
    (here / "other.json").write_bytes(plan_document(other))

    assert plan("in.json", "--start", "other.json", *QUICK) == 0
    assert "other.json 有 1 处不在本次输入里，已略过" in capsys.readouterr().out


def test_a_sound_plan_passes_the_check_and_can_be_turned_into_a_table(here):
    plan("in.json", "-o", "a.json", *QUICK)

    assert plan("in.json", "--check", "a.json", "-o", "a.xlsx") == 0
    assert (here / "a.xlsx").exists()


def test_a_plan_that_was_tampered_with_is_told_and_not_written(here):
    plan("in.json", "-o", "a.json", *QUICK)
    body = json.loads((here / "a.json").read_text(encoding="utf-8"))
    body["plan"]["routes"][0]["stops"].pop()
    (here / "a.json").write_text(json.dumps(body), encoding="utf-8")

    with pytest.raises(DomainError, match=r"a\.json 有 \d+ 处不符.*\n.*出现 0 次"):
        plan("in.json", "--check", "a.json", "-o", "b.json")
    assert not (here / "b.json").exists()


def test_a_plan_for_other_teams_is_told_before_it_is_checked(here):
    other = solve(Problem(jobs=(job("J0"),), teams=(team("Z"),)), stop=MaxIterations(limit=10))
    (here / "other.json").write_bytes(plan_document(other))

    with pytest.raises(InvalidRowsError, match="/plan/routes/0：队伍“Z”"):
        plan("in.json", "--check", "other.json")


def test_a_plan_that_the_checker_does_not_pass_is_never_written(here, monkeypatch):
    """Only a fault of the engine could make one; the checker is made to object instead."""
    wrong = Violation(rule="travel", job_id="J0", team_id="A", words="工单 J0 来不及赶到。")
    monkeypatch.setattr(command, "check", lambda problem, plan: (wrong,))

    with pytest.raises(DomainError, match=r"没有写出计划.*\n.*J0 来不及"):
        plan("in.json", "-o", "a.json", *QUICK)
    assert left_in(here) == ["in.json", "in.xlsx"]


def test_an_input_can_be_kept_as_json(here):
    plan("in.xlsx", "--problem", "kept.json", *QUICK)

    kept = read_problem((here / "kept.json").read_bytes(), name="kept.json")
    assert kept.problem == command.read_input(book(), name="in.xlsx").problem


def test_a_template_is_never_written_over_a_filled_in_one(here):
    filled_in = (here / "in.xlsx").read_bytes()

    assert plan("--template", "new.xlsx") == 0
    with pytest.raises(DomainError, match="不会覆盖"):
        plan("--template", "in.xlsx")

    assert (here / "in.xlsx").read_bytes() == filled_in
    assert plan("new.xlsx", *QUICK) == 0


def test_the_schema_is_printed(capsys):
    assert plan("--schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "请给出输入文件"),
        (("in.json", "-o", "a.pdf"), "应以 .json、.geojson、.xlsx 结尾：a.pdf"),
        (("in.json", "-o", "in.json"), "不能与输入文件"),
        (("in.json", "-o", "./in.json"), "不能与输入文件"),
        (("in.json", "-o", "a.json", "-o", "a.json"), "别的输出文件相同"),
        (("in.json", "--seconds", "0"), "应在 0 到"),
        (("in.json", "--seconds", "nan"), "应在 0 到"),
        (("in.json", "--seconds", "1e999"), "应在 0 到"),
        (("in.json", "--workers", "0"), "应为正整数"),
        (("in.json", "--seed", "-1"), "--seed：应在 0 到"),
        (("in.json", "--seed", "4294967296"), "--seed：应在 0 到"),
        (("--template", "a.csv"), "--template 的文件名应以 .xlsx 结尾：a.csv"),
        (("in.json", "--start", "in.xlsx"), "--start 的文件名应以 .json 结尾：in.xlsx"),
        (("in.json", "--check", "a.json", "--start", "b.json"), "--check 只核对"),
    ],
)
def test_options_that_nobody_can_mean_are_told_in_words(here, capsys, words, said):
    with pytest.raises(SystemExit) as leaving:
        plan(*words)

    assert leaving.value.code == 2
    assert said in capsys.readouterr().err


def test_files_that_cannot_be_read_or_written_are_told_in_words(here):
    (here / "taken.json").mkdir()

    (here / "jobs.csv").write_text("工单号,纬度\n1,30\n")

    with pytest.raises(DomainError, match=r"读不了 none\.json：没有这个文件"):
        plan("none.json")
    with pytest.raises(DomainError, match=r"jobs\.csv 既不是 Excel 也不是 JSON.*--template"):
        plan("jobs.csv")
    with pytest.raises(DomainError, match=r"写不了 taken\.json"):
        plan("in.json", "-o", "taken.json", *QUICK)
    assert left_in(here) == ["in.json", "in.xlsx", "jobs.csv", "taken.json"]
    assert left_in(here / "taken.json") == []


def environment():
    """Return an environment without any installation."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DIANLIANG_", "DJANGO_"))}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


def test_a_wrong_input_ends_with_1_and_writes_nothing(here):
    (here / "gbk.xlsx").write_bytes("工单号,纬度\n1,30\n".encode("gbk"))

    done = subprocess.run(
        [sys.executable, "-m", "dianliang.cli", "plan", "gbk.xlsx", "-o", "out.json"],
        cwd=here,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "gbk.xlsx 不是 Excel 文件" in done.stderr
    assert "Traceback" not in done.stderr
    assert left_in(here) == ["gbk.xlsx", "in.json", "in.xlsx"]


@pytest.mark.slow
def test_at_a_terminal_without_any_installation_ctrl_c_keeps_the_best_plan(here):
    """The search would go on for an hour; no home, database or key is made on the way."""
    screen, inside = pty.openpty()
    asked = ("plan", "in.json", "-o", "a.json", "--seconds", "3600")
    running = subprocess.Popen(
        [sys.executable, "-m", "dianliang.cli", *asked],
        cwd=here,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=inside,
        encoding="utf-8",
    )
    os.close(inside)
    try:
        shown, began = b"", time.monotonic()
        while "轮，排进".encode() not in shown:
            assert time.monotonic() - began < PATIENCE_S
            shown += os.read(screen, 4096)
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=PATIENCE_S)
    finally:
        running.kill()
        os.close(screen)

    assert running.returncode == 0
    assert "排进 2/3 张工单" in said
    made = read_plan((here / "a.json").read_bytes(), name="a.json")
    assert command.check(SMALL, made) == ()
    assert left_in(here) == ["a.json", "in.json", "in.xlsx"]
