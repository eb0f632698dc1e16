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
        shared: Whether ways that lie one below the other may share a lane.

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
    shared: bool = False

    @property
    def edge(self) -> int:
        """Where boxes end at the right."""
        return _EDGE + self.width

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole."""
        last = 0 if self.rising else self.boxes - 1
        lanes = max(self._lanes, default=-1) + 2
        return (
            self.edge + self.pitch * lanes,
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
        return self.edge + self.pitch * (self._lanes[way] + 1)

    def _port(self, box: int, way: int, end: int) -> int:
        place = self._ports[box].index((way, end)) + 1
        return self.top(box) + self.tall(box) * place // (len(self._ports[box]) + 1)

    @cached_property
    def _lanes(self) -> list[int]:
        """For each way, the number of its lane."""
        if not self.shared:
            return list(range(len(self.ways)))
        spans = [sorted((self.start(way), self.end(way))) for way in range(len(self.ways))]
        lanes, taken = [0] * len(spans), list[list[list[int]]]()
        # Short ways first, so that they run close to their boxes.
        for way in sorted(range(len(spans)), key=lambda way: spans[way][1] - spans[way][0]):
            begins, ends = spans[way]
            free = (
                lane
                for lane, others in enumerate(taken)
                if all(ends < other[0] or begins > other[1] for other in others)
            )
            lanes[way] = next(free, len(taken))
            if lanes[way] == len(taken):
                taken.append([])
            taken[lanes[way]].append(spans[way])
        return lanes

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
