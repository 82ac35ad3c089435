"""docs/python.md: its examples run, in their order."""

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


def test_every_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_PLAYGROUND_RUNS", str(tmp_path / "runs"))
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(examples) >= 6
    known: dict[str, object] = {}
    for example in examples:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(example, str(PAGE), "exec"), known)
        lines = said.getvalue().splitlines()
        for promised in re.findall(r"print\(.*\)  # ([{(].*|done \d+)$", example, re.MULTILINE):
            told = promised.split(":")[0] if promised.startswith("(") else promised
            if not told.startswith(("(n", "(seeds")):
                assert told in lines, example
