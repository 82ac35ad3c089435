"""What an attempt came to."""

from collections import Counter
from dataclasses import dataclass, field

MOST_LOST = 2.0
"""Seconds of training that a kill -9 may cost."""
HEADER = ["attempt", "tried", "tracebacks shown", "runs disturbed", "data lost", "seconds lost", "as promised"]
TRACEBACK = "Traceback (most recent call last)"


@dataclass
class Outcome:
    """Filled in while the attempt goes on. In the lists stands one sentence for each case, and all should be empty.

    tracebacks: exceptions that somebody was shown. disturbed: runs that were not meant. lost: what was recorded before
    and could not be read afterwards. broken: any other promise. seconds: of training, the most lost at once.
    notes: how it was done, where that depends on the machine.
    """

    tried: int = 0
    tracebacks: list[str] = field(default_factory=list)
    disturbed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """All that was not as promised."""
        slow = [f"{self.seconds:.2f} s of training were lost at once."] if self.seconds > MOST_LOST else []
        return self.tracebacks + self.disturbed + self.lost + self.broken + slow

    def row(self, what: str) -> list[str]:
        """The line below HEADER."""
        counts = [len(self.tracebacks), len(self.disturbed), len(self.lost)]
        verdict = "NO" if self.problems else "yes" if self.tried else "not tried"
        return [what, f"{self.tried:,}", *map(str, counts), f"{self.seconds:.2f}", verdict]

    def told(self) -> list[str]:
        """What does not stand in the table, each sentence once."""
        counted = Counter(self.problems)
        return [*self.notes, *(f"{text} ({times} times)" if times > 1 else text for text, times in counted.items())]

    def judge(self, where: str, text: str) -> None:
        """Note every traceback in what somebody was shown."""
        for part in text.split(TRACEBACK)[1:]:
            raised = next((line for line in part.splitlines()[1:] if line and not line.startswith((" ", "\t"))), "")
            self.tracebacks.append(f"{where}: {raised[:300]}")
