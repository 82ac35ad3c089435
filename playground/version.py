"""Which version of the playground this is."""

VERSION = "0.3.0"
