"""Names beside points, so that no name lies on another, on a point or outside its panel."""

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox, BboxBase

Point = tuple[float, float]
Place = tuple[Point, Bbox, float]
"""Where a name may stand: offset from its point and box in pixels, radius in points."""

_RADII = (7, 14, 22, 31, 41, 52)
"""Distances of a name from its point that are tried, in points of a 72nd of an inch."""
_ANGLES = (0, 180, 90, 270, 35, 145, 325, 215, 60, 120, 300, 240)
_SIZE = 6.5
_HALF_MARK = 4.0
_STEPS = 12


def name_points(
    axes: Axes,
    points: Sequence[Point],
    names: Sequence[tuple[str, str]],
    lines: Sequence[tuple[Point, Point]] = (),
) -> None:
    """Write each name at the nearest free place round its point; if that is far, with a line.

    `names` are pairs of a name and the colour of its line. A name keeps off the other names, all
    marks and, where it can, the upright or level `lines` of the panel. Where no place is free it
    takes the nearest. The limits of `axes` must stand, and the panel must have its place.
    """
    scale = axes.figure.dpi / 72
    centres = [_pixels(axes, point) for point in points]
    taken = [_box(x, y, 2 * _HALF_MARK * scale, 2 * _HALF_MARK * scale) for x, y in centres]
    drawn = [Bbox([_pixels(axes, start), _pixels(axes, end)]) for start, end in lines]
    for point, centre, (name, colour) in zip(points, centres, names, strict=True):
        size = (0.62 * _SIZE * len(name) * scale, 1.25 * _SIZE * scale)
        tried = list(_places(axes.bbox, centre, size, scale))
        free = [place for place in tried if not _hits(place[1], taken)]
        clear = [
            place
            for place in free
            if not _hits(place[1], drawn)
            and not any(_hits(step, taken[len(points) :]) for step in _leader(centre, place))
        ]
        offset, box, radius = (clear or free or tried or [((0.0, 0.0), Bbox.null(), 0.0)])[0]
        taken.append(box)
        if radius > _RADII[0]:
            drawn += _leader(centre, (offset, box, radius))
        line = {"arrowstyle": "-", "linewidth": 0.6, "color": colour, "shrinkA": 0, "shrinkB": 3}
        axes.annotate(
            name, point, (offset[0] / scale, offset[1] / scale), textcoords="offset points",
            ha="center", va="center", fontsize=_SIZE,
            arrowprops=line if radius > _RADII[0] else None,
        )  # fmt: skip


def _pixels(axes: Axes, point: Point) -> Point:
    x, y = axes.transData.transform(point)
    return float(x), float(y)


def _places(
    panel: BboxBase, centre: Point, size: tuple[float, float], scale: float
) -> Iterator[Place]:
    """Offsets in pixels, boxes and radii round a point that lie within its panel, nearest first."""
    for radius in _RADII:
        for angle in _ANGLES:
            offset = _offset(radius * scale, angle, *size)
            box = _box(centre[0] + offset[0], centre[1] + offset[1], *size)
            across = panel.x0 <= box.x0 and box.x1 <= panel.x1
            if across and panel.y0 <= box.y0 and box.y1 <= panel.y1:
                yield offset, box, radius


def _leader(centre: Point, place: Place) -> list[Bbox]:
    """Boxes without size along the line from a point to its name."""
    (across, up), _, _ = place
    steps = [number / _STEPS for number in range(1, _STEPS)]
    return [_box(centre[0] + t * across, centre[1] + t * up, 0, 0) for t in steps]


def _hits(box: Bbox, others: Sequence[Bbox]) -> bool:
    return any(box.overlaps(other) for other in others)


def _offset(radius: float, angle: float, width: float, height: float) -> Point:
    """From a point to the middle of a name whose edge is `radius` away in this direction."""
    across, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return across * (radius + width / 2), up * (radius + height / 2)


def _box(x: float, y: float, width: float, height: float) -> Bbox:
    return Bbox.from_bounds(x - width / 2, y - height / 2, width, height)
