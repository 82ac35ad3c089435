"""The last fakes that G has made for D, to be shown to it again (Shrivastava et al. 2017, arXiv 1612.07828)."""

import torch
from torch import Tensor


class Replay:
    """The newest rows of every lane, up to a capacity, in one ring of memory."""

    def __init__(self) -> None:
        self._ring: Tensor | None = None  # (S, capacity, width)
        self._oldest = 0
        self._held = 0

    def __len__(self) -> int:
        """How many rows each lane holds."""
        return self._held

    def rows(self) -> Tensor | None:
        """All rows, the oldest first, (S, n, width); None where there are none."""
        if self._ring is None:
            return None
        return self._ring[:, self._places(torch.arange(self._held, device=self._ring.device))]

    def pick(self, draws: Tensor) -> Tensor:
        """Rows picked by draws from U(0, 1), which count from the oldest row: (S, n, 1) -> (S, n, width)."""
        assert self._ring is not None, "there is nothing to pick from"
        index = self._places((draws * self._held).long())
        return self._ring.gather(1, index.expand(-1, -1, self._ring.shape[2]))

    def keep(self, rows: Tensor, capacity: int) -> None:
        """Add rows (S, n, width), n ≤ capacity; of all that are held the newest `capacity` stay."""
        if self._ring is None or self._ring.shape[1] != capacity:
            before = self.rows()
            self.forget()
            self._ring = rows.new_empty(rows.shape[0], capacity, rows.shape[2])
            if before is not None:
                self._write(before[:, -capacity:])
        self._write(rows)

    def forget(self) -> None:
        """Hold nothing."""
        self._ring, self._oldest, self._held = None, 0, 0

    def load(self, rows: Tensor | None, lanes: int, width: int) -> None:
        """Hold what `rows` gave. Raises ValueError where it can't be of a run of this size."""
        self.forget()
        if rows is None:
            return
        if rows.dim() != 3 or rows.shape[0] != lanes or rows.shape[1] == 0 or rows.shape[2] != width:
            raise ValueError(f"its replayed fakes have the shape {tuple(rows.shape)}")
        self.keep(rows, rows.shape[1])

    def _write(self, rows: Tensor) -> None:
        assert self._ring is not None
        capacity, count = self._ring.shape[1], rows.shape[1]
        self._ring[:, self._places(self._held + torch.arange(count, device=rows.device))] = rows
        lost = max(0, self._held + count - capacity)
        self._oldest = (self._oldest + lost) % capacity
        self._held += count - lost

    def _places(self, ages: Tensor) -> Tensor:
        """Where in the ring the rows are that come so many places behind the oldest."""
        assert self._ring is not None
        return (self._oldest + ages) % self._ring.shape[1]
