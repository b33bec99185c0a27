# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
"""Which straight ways cross a line of corners, on a plane."""

from dianliang.engines.routing._kernel.records import Flags, Floats, entry, inlined


@inlined
def is_left(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Tell whether a point lies to the left of the way from a to b."""
    return (bx - ax) * (y - ay) > (by - ay) * (x - ax)


@entry
def mark_crossed(here: Floats, there: Floats, corners: Floats, box: Floats, met: Flags) -> None:
    """Mark the ways from each point of `here` to each of `there` that cross a line; x, y a row.

    Most ways pass the line's box (west, south, east, north) by and cost no more than that look.
    """
    west, south, east, north = box[0], box[1], box[2], box[3]
    for i in range(here.shape[0]):
        ax, ay = here[i, 0], here[i, 1]
        for j in range(there.shape[0]):
            bx, by = there[j, 0], there[j, 1]
            if max(ax, bx) < west or min(ax, bx) > east or max(ay, by) < south:
                continue
            if min(ay, by) > north or met[i, j]:
                continue
            was_left = is_left(ax, ay, bx, by, corners[0, 0], corners[0, 1])
            for k in range(1, corners.shape[0]):
                now_left = is_left(ax, ay, bx, by, corners[k, 0], corners[k, 1])
                if was_left != now_left:
                    cx, cy = corners[k - 1, 0], corners[k - 1, 1]
                    dx, dy = corners[k, 0], corners[k, 1]
                    if is_left(cx, cy, dx, dy, ax, ay) != is_left(cx, cy, dx, dy, bx, by):
                        met[i, j] = True
                        break
                was_left = now_left
