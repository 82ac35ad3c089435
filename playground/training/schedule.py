"""Noise and learning rates that decay: how large they are at a step."""


def decayed(strength: float, over: int, since: int, step: int) -> float:
    """`strength`, falling in a straight line to 0 over `over` steps from step `since`; `over` = 0 keeps it."""
    if over == 0:
        return strength
    return strength * max(0.0, 1.0 - (step - since) / over)
