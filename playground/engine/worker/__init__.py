"""The child's side: a process that trains its runs in slices, looks at them, and reports."""
