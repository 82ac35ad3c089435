"""The pages without a browser."""

from collections.abc import Mapping
from pathlib import Path
from unittest.mock import PropertyMock, patch

from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from playground.feed.browser_cookie import COOKIE
from tests.faults.outcome import Outcome

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
PAGES = ("train.py", "images.py", "compare.py", "runs.py")


def opened(
    outcome: Outcome, page: str, query: Mapping[str, str], cookie: str = "me", press: int | None = None
) -> AppTest:
    """A page as the browser with this cookie finds it at an address with this query. What it raises is noted.

    press: which of its buttons is clicked then.
    """
    test = AppTest.from_file(str(MAIN), default_timeout=120)
    for name, value in query.items():
        test.query_params[name] = value
    if page != PAGES[0]:
        test.switch_page(page)
    with patch.object(ContextProxy, "cookies", new_callable=PropertyMock, return_value={COOKIE: cookie}):
        test.run()
        if press is not None and press < len(test.button):
            test.button[press].click().run()
    for shown in test.exception:
        outcome.tracebacks.append(f"{page} with {dict(query)!r:.300} shows {shown.message!r:.300}")
    return test
