"""What an installation without internet gets is what the project needs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = dict(
    re.findall(
        r"^([\w.-]+)==([^ ;\\]+)",
        (ROOT / "requirements.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


def test_every_dependency_is_in_the_hashed_requirements():
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(one for some in extras for one in some)]
    names = {re.match(r"[\w.-]+", one).group().lower() for one in wanted}

    assert names - PINNED.keys() == set()


def test_the_hashed_requirements_are_the_pinned_versions():
    pins = dict(
        one.split(";")[0].strip().split("==")
        for one in PROJECT["tool"]["uv"]["constraint-dependencies"]
    )

    assert {name: pins.get(name) for name in PINNED} == PINNED
