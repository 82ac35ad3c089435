"""What the groups have in common."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Group(BaseModel):
    """The settings that stand together on the page, their conditions and what follows from them alone.

    `when` of a setting is asked of a whole config, so it may look at other groups.
    """

    part: ClassVar[str] = ""
    """For which methods the group's settings are where they do not say themselves, as in Setting.part."""

    # Only RunConfig is ever made, so pydantic need not build a validator for each group.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
