"""Names beside points, so that no name lies on another, on a point or outside its panel."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

Point = tuple[float, float]

_RADII = (7, 14, 22, 31, 41, 52)
"""Distances of a name from its point that are tried, in points of a 72nd of an inch."""
_ANGLES = (0, 180, 90, 270, 35, 145, 325, 215, 60, 120, 300, 240)
_SIZE = 6.5
_HALF_MARK = 4.0


def name_points(axes: Axes, points: Sequence[Point], names: Sequence[str]) -> None:
    """Write each name at the nearest free place round its point, with a line if it is far.

    The limits of `axes` must stand. Where no place is free the last that was tried is taken.
    """
    scale = axes.figure.dpi / 72
    centres = [tuple(axes.transData.transform(point)) for point in points]
    taken = [_box(x, y, 2 * _HALF_MARK * scale, 2 * _HALF_MARK * scale) for x, y in centres]
    inside = axes.bbox
    for point, (x, y), name in zip(points, centres, names, strict=True):
        width, height = 0.62 * _SIZE * len(name) * scale, 1.25 * _SIZE * scale
        offset, box, radius = (0.0, 0.0), _box(x, y, width, height), 0
        for radius, angle in ((r, a) for r in _RADII for a in _ANGLES):
            offset = _offset(radius * scale, angle, width, height)
            box = _box(x + offset[0], y + offset[1], width, height)
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1
            within = within and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if within and not any(box.overlaps(other) for other in taken):
                break
        taken.append(box)
        far = radius > _RADII[0]
        axes.annotate(
            name, point, (offset[0] / scale, offset[1] / scale), textcoords="offset points",
            ha="center", va="center", fontsize=_SIZE,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": "#888888", "shrinkA": 0,
                        "shrinkB": 3} if far else None,
        )  # fmt: skip


def _offset(radius: float, angle: float, width: float, height: float) -> Point:
    """From a point to the middle of a name whose edge is `radius` away in this direction."""
    across, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return across * (radius + width / 2), up * (radius + height / 2)


def _box(x: float, y: float, width: float, height: float) -> Bbox:
    return Bbox.from_bounds(x - width / 2, y - height / 2, width, height)
