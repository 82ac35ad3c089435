"""Sweeps: the same game over settings and seeds."""

from playground.ui import looks
from playground.ui.sweeps import page

looks.compact()
page.show()
