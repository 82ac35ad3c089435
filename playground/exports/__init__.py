"""A run in other forms: a script of its own, tables, pictures, weights, event files. No torch at import."""
