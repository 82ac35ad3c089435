"""Signing in with a real provider at the real app: runs belong to a person then, whichever browser asks."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from streamlit import auth_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, TOKENS_COOKIE_NAME
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from playground.feed.browser_cookie import COOKIE, PERSON
from playground.feed.routes import feed_of
from playground.runs.store import RunStore
from playground.ui import sign_in
from playground.ui.sign_in import named
from tests.browser.serving import running_app
from tests.openid import provider, secrets_toml
from tests.runs.making import CONFIG, SCENE, recorded

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
COOKIE_SECRET = "at least fourteen characters"
RUN, FIRST = "a-run", "the-first-browser"
PATIENCE = 20


@contextmanager
def socket(app: str, path: str, cookies: Mapping[str, str], *protocols: str) -> Iterator[ClientConnection]:
    """As a page of the app opens it."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Origin": app}
    address = f"ws://{urlsplit(app).netloc}{path}"
    wanted = [Subprotocol(name) for name in protocols] or None
    with connect(address, additional_headers=headers, subprotocols=wanted, max_size=None, proxy=None) as opened:
        yield opened


def owns(app: str, cookies: Mapping[str, str]) -> bool:
    """Whether the feed says that the run is this visitor's own."""
    with socket(app, feed_of("", RUN), cookies) as opened:
        while True:
            message = opened.recv(PATIENCE)
            said: dict[str, Any] = json.loads(message) if isinstance(message, str) else {"type": "picture"}
            assert said["type"] != "error", said
            if said["type"] == "hello":
                return bool(said["record"]["mine"])


class Browser(httpx.Client):
    """Keeps the cookies that it is given."""

    def __init__(self, app: str, name: str = "") -> None:
        """name: what the app has called it before."""
        super().__init__(follow_redirects=True, timeout=PATIENCE, trust_env=False)
        self._app = app
        self.cookies.set(COOKIE, name or "unknown", domain="localhost.local")

    def sign_in(self, who: str) -> None:
        """What the button does: by way of the provider, where somebody says who they are, and back."""
        asked = self.get(f"{self._app}/auth/login", params={"provider": auth_util.encode_provider_token("default")})
        assert self.get(f"{asked.url}&who={who}").url == f"{self._app}/"

    def sign_out(self) -> None:
        """By way of the provider too."""
        assert self.get(f"{self._app}/auth/logout").url == f"{self._app}/"

    def account(self) -> str:
        """All that the Account page says."""
        token = generate_xsrf_token_string()
        cookies = {**self.cookies, "_streamlit_xsrf": token}
        told = ""
        with socket(self._app, "/_stcore/stream", cookies, "streamlit", token) as opened:
            opened.send(BackMsg(rerun_script=ClientState(page_name="account")).SerializeToString())
            while "script_finished" not in told:
                told += str(ForwardMsg.FromString(bytes(opened.recv(PATIENCE, decode=False))))
        return told

    def owns(self) -> bool:
        return owns(self._app, dict(self.cookies))


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as address:
        yield address


@pytest.fixture(scope="module")
def app(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app for a room, with a run that the first browser has recorded."""
    folder = tmp_path_factory.mktemp("app")
    store = RunStore(folder / "runs")
    store.create(RUN, FIRST, CONFIG, scene=SCENE)
    store.write(recorded(RUN, 0, 10))
    store.close()
    (folder / "secrets.toml").write_text(secrets_toml(issuer, "http://localhost:{port}", COOKIE_SECRET))
    settings = {"STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"), "GAN_PLAYGROUND_ROOM": "1"}
    with running_app(folder, settings) as (address, _), pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth_util, "get_signing_secret", lambda: COOKIE_SECRET)
        yield address


def test_runs_follow_whoever_signs_in(app: str, issuer: str) -> None:
    with Browser(app, FIRST) as first, Browser(app) as second, Browser(app) as another:
        _signed_in_and_out(app, issuer, first, second, another)


def _signed_in_and_out(app: str, issuer: str, first: Browser, second: Browser, another: Browser) -> None:
    assert (first.owns(), second.owns()) == (True, False)
    for browser, who in ((first, "ada"), (second, "ada"), (another, "grace")):
        browser.sign_in(who)
    told = first.account()
    assert "Ada Lovelace" in told and "1 run of this browser came along" in told
    assert "(1 recorded)" in second.account()
    assert "Grace Hopper" in (told := another.account()) and "(0 recorded)" in told
    assert [browser.owns() for browser in (first, second, another)] == [True, True, False]

    signed = dict(first.cookies)
    for forged in forgeries(signed, issuer):
        assert not owns(app, forged), forged

    first.sign_out()
    assert AUTH_COOKIE_NAME not in first.cookies and first.cookies[COOKIE] == FIRST
    assert not first.owns() and "Sign out" not in first.account()
    assert second.owns()


def forgeries(signed: Mapping[str, str], issuer: str) -> list[dict[str, str]]:
    """What somebody may send who knows a person's issuer and subject, and has cookies of theirs from elsewhere."""
    name = named(issuer, "ada")
    claims = json.dumps({"iss": issuer, "sub": "ada", "is_logged_in": True})
    return [
        {PERSON: name},
        {COOKIE: name},
        {COOKIE: '"' + name.replace(":", "\\072") + '"'},
        {f"x=1; {PERSON}": f"{name}; {COOKIE}={name}"},
        {AUTH_COOKIE_NAME: claims},
        {AUTH_COOKIE_NAME: create_signed_value("another secret", AUTH_COOKIE_NAME, claims).decode()},
        {AUTH_COOKIE_NAME: signed[AUTH_COOKIE_NAME][:-4] + "AAAA"},
        {AUTH_COOKIE_NAME: signed[TOKENS_COOKIE_NAME]},
    ]


def test_this_test_would_see_a_cookie_that_is_believed(app: str, issuer: str) -> None:
    """Signed with the server's own secret it is."""
    claims = json.dumps({"iss": issuer, "sub": "ada", "is_logged_in": True})
    assert owns(app, {AUTH_COOKIE_NAME: create_signed_value(COOKIE_SECRET, AUTH_COOKIE_NAME, claims).decode()})


def test_what_the_secrets_lack_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    auth = {"redirect_uri": "http://localhost/oauth2callback", "university": {"client_id": "x"}}
    told = SimpleNamespace(load_if_toml_exists=lambda: True, get={"auth": auth}.get)
    monkeypatch.setattr(auth_util, "secrets_singleton", told)
    monkeypatch.setattr(ContextProxy, "cookies", {})
    page = AppTest.from_file(str(MAIN), default_timeout=PATIENCE).switch_page("account.py").run()
    [button] = page.button
    assert button.label == "Sign in with university"
    button.click().run()
    [error] = page.error
    assert "cookie\\_secret" in error.value and not page.exception


def test_without_secrets_nothing_is_seen_of_it() -> None:
    page = AppTest.from_file(str(MAIN), default_timeout=PATIENCE).switch_page("cures.py").run()
    assert not sign_in.is_offered() and not any("Sign in" in button.label for button in page.button)
