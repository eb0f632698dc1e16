"""Where things stand in a flowchart: boxes in a column, and at the right a lane for each way."""

from __future__ import annotations

from functools import cached_property

import attrs

_EDGE = 2


@attrs.frozen(slots=False)
class Lanes:
    """The places in a flowchart, in pixels.

    Attributes:
        boxes: How many there are.
        ways: The box that each way leaves, and the one it leads to.
        rising: Whether the first box is at the bottom.
        width: That of a box.
        pitch: From one lane to the next.
        height: The least height of a box.
        gap: Between two boxes.

    >>> lanes = Lanes(2, ((0, 1),))
    >>> lanes.top(0), lanes.start(0), lanes.end(0), lanes.lane(0), lanes.size
    (2, 34, 134, 262, (292, 168))
    """

    boxes: int
    ways: tuple[tuple[int, int], ...]
    rising: bool = False
    width: int = 230
    pitch: int = 30
    height: int = 64
    gap: int = 36

    @property
    def edge(self) -> int:
        """Where boxes end at the right."""
        return _EDGE + self.width

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole."""
        last = 0 if self.rising else self.boxes - 1
        return (
            self.edge + self.pitch * (len(self.ways) + 1),
            self.top(last) + self.tall(last) + _EDGE,
        )

    def top(self, box: int) -> int:
        """Return where a box begins."""
        above = range(box + 1, self.boxes) if self.rising else range(box)
        return _EDGE + sum(self.tall(each) + self.gap for each in above)

    def tall(self, box: int) -> int:
        """Return how tall a box is: so that its ways lie apart."""
        return max(self.height, 16 * (len(self._ports[box]) + 1))

    def start(self, way: int) -> int:
        """Return how far down a way leaves its box."""
        return self._port(self.ways[way][0], way, 0)

    def end(self, way: int) -> int:
        """Return how far down a way reaches its box."""
        return self._port(self.ways[way][1], way, 1)

    def lane(self, way: int) -> int:
        """Return where the lane of a way runs."""
        return self.edge + self.pitch * (way + 1)

    def _port(self, box: int, way: int, end: int) -> int:
        place = self._ports[box].index((way, end)) + 1
        return self.top(box) + self.tall(box) * place // (len(self._ports[box]) + 1)

    @cached_property
    def _ports(self) -> list[list[tuple[int, int]]]:
        """For each box, which ends of which ways it has: (way, 0 for its beginning, 1 for its end)."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.boxes)]
        for number, (source, target) in enumerate(self.ways):
            found[source].append((number, 0))
            found[target].append((number, 1))
        return [self._in_order(box, ends) for box, ends in enumerate(found)]

    def _in_order(self, box: int, ends: list[tuple[int, int]]) -> list[tuple[int, int]]:
        # Ways up leave a box above those down, so that short ones cross nothing.
        sign = -1 if self.rising else 1
        return sorted(ends, key=lambda end: sign * self._other(end[0], box))

    def _other(self, way: int, box: int) -> int:
        source, target = self.ways[way]
        return target if source == box else source
