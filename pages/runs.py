"""Runs: all that were recorded, to be opened, compared, forked, exported."""

from playground.ui import looks, runs

looks.compact()
runs.show()
