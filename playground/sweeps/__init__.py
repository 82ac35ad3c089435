"""Sweeps: the same training over settings and seeds, and what came of each cell.

- `axis.py`: one setting and the values that it takes, and how they are typed
- `sweep.py`: base, axes, seeds, steps and design; the cells that they make, and those that are impossible
- `cell.py`: what an executor gets and gives back; `training.py` trains it (torch)
- `executors/`: who trains cells, one row each: this machine's processes, or a Ray cluster
- `folder.py`: a sweep on the disk, with one writer: what has ended stays ended
- `driver.py`: has the missing cells trained and writes what comes
- `outcomes.py`: the numbers of all cells, for figures and tables

Nothing but `training.py` and `worker.py` imports torch, and nothing but `executors/ray.py` Ray.
"""
