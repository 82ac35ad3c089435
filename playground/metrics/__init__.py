"""Arrays in, numbers out: how far generated samples are from a known distribution. Knows no torch."""
