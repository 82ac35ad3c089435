"""Method: in which way the distribution is learned, and what belongs to one way alone."""

from typing import Annotated

from playground import methods
from playground.config.groups.group import Group
from playground.methods import GAN, METHODS
from playground.setting import labels_of, one_of, setting


class Method(Group):
    """In which way the distribution is learned."""

    method: Annotated[str, one_of(METHODS)] = setting(
        GAN,
        "Method",
        "Method",
        "How the distribution is learned: what is trained, and what it minimises.",
        labels=labels_of(METHODS),
        bare=True,
    )

    @property
    def learning(self) -> methods.Method:
        """The row of the method."""
        return METHODS[self.method]
