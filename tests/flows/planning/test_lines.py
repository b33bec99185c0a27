"""Whatever parts of a line are in a problem, the engine takes them as whole lines."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.domain.mobilisation.models import LineWork
from dianliang.engines import routing
from dianliang.flows.planning.lines import line_of, with_gaps

FAR = [[30.72, 119.36], [30.61, 119.53], [30.58, 119.71]]  # legs of 20 km, measured otherwise


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([12_000.0, 44_600.0]), st.sets(st.integers(0, 47), max_size=47))
def test_parts_that_are_left_cover_their_pieces(length_m: float, gone: set[int]) -> None:
    work = LineWork(
        number="X", path=FAR, length_m=length_m, km_per_person_day=0.5, day_h=10, people=2
    )
    whole = replace(line_of(work), least_part_m=250, most_parts=48)
    cut = routing.split_lines(routing.Problem(jobs=(), teams=(), lines=(whole,)))
    kept = tuple(job for n, job in enumerate(cut.jobs) if n not in gone)
    left = with_gaps(replace(cut, jobs=kept))

    assert not routing.validate(left)
    assert [job.id for job in left.jobs] == [job.id for job in kept]
    assert with_gaps(left) == left


def test_a_line_round_the_globe_has_no_more_points_than_others() -> None:
    globe = [[-89.0, -179.0], [89.0, 179.0]] * 50
    work = LineWork(
        number="X", path=globe, length_m=1000, km_per_person_day=0.5, day_h=10, people=2
    )

    assert len(line_of(work).path) < 3000
