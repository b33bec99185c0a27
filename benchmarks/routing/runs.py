"""The time of a run, counted in CPU-seconds of its process."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Clock:
    """CPU-seconds of a run, and when the first whole plan stood."""

    limit_s: float
    began: float = field(default_factory=time.process_time)
    first_s: float | None = None

    def passed_s(self) -> float:
        """Return the CPU-seconds since the beginning."""
        return time.process_time() - self.began

    def is_over(self) -> bool:
        """Tell whether the time is used up."""
        return self.passed_s() >= self.limit_s

    def note_plan(self) -> None:
        """Note that a whole plan stands, unless one stood before."""
        if self.first_s is None:
            self.first_s = self.passed_s()


def wall_per_cpu_s(sample_s: float = 0.5) -> float:
    """Measure how many seconds on the wall a CPU-second takes just now, at least 1."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < sample_s:
        pass
    return max(1.0, (time.perf_counter() - wall) / sample_s)
