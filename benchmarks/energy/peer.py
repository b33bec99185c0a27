"""OpenDSM's side of the comparison: run by a Python of its own, which has what `opendsm.txt` names.

`peer.py read FOLDER OUT.npz` turns what only that Python can read into plain arrays: the .rda files
of nmecr in FOLDER and OpenDSM's own samples. `peer.py daily|hourly IN.npz OUT.npz` fits and
predicts every meter and says how many CPU seconds each took. Nothing of Dianliang is imported here.
"""

import logging
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

DAILY = (
    "il-electricity-cdd-hdd-daily",
    "il-electricity-cdd-only-daily",
    "il-gas-hdd-only-daily",
    "il-gas-intercept-only-daily",
)
HOURLY = (
    "il-electricity-cdd-hdd-hourly",
    "il-gas-hdd-only-hourly",
)


def read(folder: Path) -> dict[str, Any]:
    """Return series by name: `NAME.at` in seconds since 1970 and `NAME.value`."""
    rdata = import_module("rdata")

    found: dict[str, Any] = {}
    for name in ("eload", "temp", "school_eload", "school_temp"):
        frame = next(iter(rdata.read_rda(folder / f"{name}.rda").values()))
        found[f"{name}.at"] = np.asarray(frame["time"], float)
        found[f"{name}.value"] = np.asarray(frame.iloc[:, 1], float)
    load_sample = import_module("opendsm.eemeter.samples.load").load_sample

    for name in (*DAILY, *HOURLY):
        meter, temperature, about = load_sample(name)
        meter = meter["value"].dropna()
        found[f"{name}.at"] = meter.index.tz_convert("UTC").astype("int64").to_numpy() / 1e9
        found[f"{name}.value"] = meter.to_numpy()
        moments = temperature.index.tz_convert("UTC").astype("int64").to_numpy()
        found[f"{name}.temp_at"] = moments / 1e9
        found[f"{name}.temp"] = temperature.to_numpy()
        for edge in ("start", "end"):
            moment = about[f"blackout_{edge}_date"]
            found[f"{name}.{edge}"] = np.nan if moment is None else moment.timestamp()
    return found


def predict(kind: str, given: Any) -> dict[str, Any]:
    """Fit and predict every meter of every set; NaN where OpenDSM could not."""
    em, pd = import_module("opendsm.eemeter"), import_module("pandas")

    model, base_data, report_data = {
        "daily": (em.DailyModel, em.DailyBaselineData, em.DailyReportingData),
        "hourly": (em.HourlyModel, em.HourlyBaselineData, em.HourlyReportingData),
    }[kind]

    def frame(name: str, part: str, column: int, shown: bool) -> Any:
        index = pd.to_datetime(given[f"{name}.{part}_at"], unit="s", utc=True)
        observed = given[f"{name}.{part}_kwh"][:, column]
        data = pd.DataFrame({"temperature": given[f"{name}.{part}_temp_f"]}, index=index)
        data["observed"] = observed if shown else np.nanmean(observed)
        return data

    found: dict[str, Any] = {}
    names = sorted({str(key).split(".")[0] for key in given.files})
    warm = False
    for name in names:
        shape = given[f"{name}.test_kwh"].shape
        answer, cpu = np.full(shape, np.nan), np.full(shape[1], np.nan)
        errors = []
        for column in range(shape[1]):
            for _ in range(1 if warm else 2):  # the first fit compiles; its time does not count
                start = time.process_time()
                try:
                    base = base_data(frame(name, "base", column, True), is_electricity_data=True)
                    fitted = model().fit(base, ignore_disqualification=True)
                    asked = frame(name, "test", column, False)
                    told = fitted.predict(
                        report_data(asked, is_electricity_data=True), ignore_disqualification=True
                    )
                    answer[:, column] = told["predicted"].reindex(asked.index).to_numpy()
                except Exception as error:  # noqa: BLE001 (all is told)
                    errors.append(f"{type(error).__name__}: {error}"[:120])
                cpu[column] = time.process_time() - start
            warm = True
        found[f"{name}.predicted"], found[f"{name}.cpu_s"] = answer, cpu
        found[f"{name}.errors"] = np.array(errors, dtype=str)
        print(name, "CPU s per meter", np.round(np.median(cpu), 3), errors[:1], flush=True)
    return found


def main() -> None:
    """Do what the command line asks."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    what, source, target = sys.argv[1:4]
    found = read(Path(source)) if what == "read" else predict(what, np.load(source))
    np.savez_compressed(target, **found)


if __name__ == "__main__":
    main()
