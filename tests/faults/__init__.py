"""Attempts to break the app: `make fault` makes all of them, `make test` a short form of each.

Each file is one kind of attempt, and `attempts.py` lists them. Every attempt has a process and a data folder of its
own, draws what it does from a seed, and speaks to this machine only.
"""
