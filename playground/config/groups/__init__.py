"""The settings, one file for each group of the page; `fields.py` beside this folder puts them in order."""
