"""Sweeps: the same training over settings and seeds, and what came of each cell.

- `axis.py`: one setting and the values that it takes, and how they are typed
- `sweep.py`: base, axes, seeds, steps and design; the cells that they make, and those that are impossible
- `cell.py`: what an executor gets and gives back; `training.py` trains it (torch)
- `executors/`: who trains cells, one row each: this machine's processes, or a Ray cluster
- `folder.py`: a sweep on the disk, with one writer: what has ended stays ended
- `driver.py`: has the missing cells trained and writes what comes
- `outcomes.py`: the numbers of all cells, at the end and on the way; `tables.py`: as CSV and Parquet
- `sheet.py`: a sweep as the browser gets it; `against.py`: two of them cell by cell, and what luck has to do with it
- `gallery.py`: those that come with the project, in `shipped/`
- `around.py`: axes around the settings of one run

Nothing but `training.py` and `worker.py` imports torch, and nothing but `executors/ray.py` Ray.
"""
