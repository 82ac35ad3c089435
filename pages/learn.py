"""Learn: the lectures as lessons, each claim with something to try."""

from playground.ui.lessons import page

page.show()
