"""Cures: what every technique did to hopping, to lost modes and to a healthy run."""

from playground.ui import cures, looks

looks.compact()
cures.show()
