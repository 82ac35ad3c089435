"""Compare: two to six runs beside each other, under one slider and one Play."""

from playground.ui import comparison, looks

looks.compact()
comparison.show()
