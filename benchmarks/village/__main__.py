"""Print the files of 94 villages: ``python -m benchmarks.village [--villages 94]``.

Builds the demo county in a throw-away database, takes as many of its villages as asked for, and
measures: making the files from records, keeping those that changed, one archive of PDF and Word
files, one bound PDF. Exit 1 when the archive takes longer than the mission's 60 seconds.
"""

import argparse
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

GOAL_S = 60.0
VILLAGES = 94
"""村, seed row 001-07."""


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def prepare(folder: str) -> None:
    """Build the demo county in a folder of its own."""
    os.environ |= {
        "DIANLIANG_MODE": "test",
        "DIANLIANG_HOME": folder,
        "DJANGO_SETTINGS_MODULE": "dianliang.config.test_settings",
    }
    os.environ.pop("DIANLIANG_DATABASE", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from dianliang.flows.demo.seeding import seed_demo

    seed_demo(at=timezone.now())


def measure(villages: int) -> dict[str, float]:
    """Return seconds by step, and the sizes of what was printed."""
    from django.utils import timezone

    from dianliang.core import files, jobs
    from dianliang.core.models import BackgroundJob, StoredFile
    from dianliang.domain.territory.models import Area
    from dianliang.flows.village_file import exporting, versions
    from dianliang.flows.village_file.compiling import compile_files
    from dianliang.kernel.actor import SYSTEM

    at = timezone.now()
    rows = Area.objects.filter(level=Area.Level.VILLAGE).select_related("parent")
    own = list(rows.order_by("path")[:villages])
    found = {"villages": float(len(own))}
    found["make_s"] = seconds(lambda: compile_files(own, at=at))
    found["keep_s"] = seconds(lambda: versions.keep(own, reason="基准测试", by=SYSTEM, at=at))
    BackgroundJob.objects.all().delete()
    for kind in exporting.KINDS:
        job = exporting.order(kind=kind, on=None, by=SYSTEM, at=at)
        job.payload["codes"] = [village.code for village in own]
        job.save(update_fields=["payload"])
        found[f"{kind}_s"] = seconds(lambda: jobs.run_next(owner="bench", clock=timezone.now))
        job.refresh_from_db()
        stored = StoredFile.objects.get(token=(job.result or {})["token"])
        found[f"{kind}_mb"] = stored.size_bytes / 1e6
        if kind == "zip":
            with zipfile.ZipFile(files.path_of(stored.sha256)) as archive:
                found["files"] = float(len(archive.namelist()))
    return found


def main() -> None:
    """Measure and print; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=VILLAGES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(str(Path(folder)))
        found = measure(asked.villages)
    for name, value in found.items():
        print(f"{name:>10} {value:8.2f}")
    is_met = found["zip_s"] <= GOAL_S
    print(f"{'goal':>10} {GOAL_S:8.2f} {'met' if is_met else 'MISSED'}")
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
