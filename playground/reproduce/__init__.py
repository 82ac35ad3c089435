"""Trains settings over many seeds and says what came of them: the numbers on the pages and in docs/."""
