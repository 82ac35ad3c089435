"""A small OpenID Connect provider: real discovery, codes, keys and signed ID tokens; who signs in says their name.

`python -m tests.openid PORT` runs it by itself.
"""

import base64
import hashlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "gan-playground", "only for tests"
PEOPLE = {"ada": "Ada Lovelace", "grace": "Grace Hopper"}
"""Who there is, by subject."""


class Provider:
    """Answers as OpenID Connect Core 1.0 and Discovery 1.0 ask for the code flow with PKCE (RFC 7636)."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._key = RSAKey.generate_key(2048, parameters={"kid": "1", "alg": "RS256", "use": "sig"})
        self._codes: dict[str, tuple[str, dict[str, str]]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
                Route("/end", self._end),
            ]
        )

    async def _metadata(self, _: Request) -> Response:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return JSONResponse(
            {name: f"{self._issuer}/{path}" for name, path in {**places, "end_session_endpoint": "end"}.items()}
            | {
                "issuer": self._issuer,
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _authorize(self, request: Request) -> Response:
        """A page that asks who it is; with `who` the browser is sent back with a code."""
        asked = dict(request.query_params)
        who = asked.pop("who", "")
        if who not in PEOPLE:
            links = (f'<p><a href="?{urlencode(asked | {"who": who})}">{name}</a>' for who, name in PEOPLE.items())
            return HTMLResponse("<h1>Who are you?</h1>" + "".join(links))
        code = secrets.token_urlsafe()
        self._codes[code] = who, asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        who, asked = self._codes.pop(str(form["code"]), ("", {}))
        proof = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=")
        if not who or request.headers["authorization"] != f"Basic {basic}" or asked["code_challenge"] != proof.decode():
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self._issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "sub": who}
        claims |= {"nonce": asked["nonce"], "name": PEOPLE[who], "email": f"{who}@example.org"}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return JSONResponse({"access_token": "none", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _end(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 302)


@contextmanager
def provider(port: int = 0) -> Iterator[str]:
    """A provider on a port of this machine, a free one if none is named; its issuer's address."""
    with create_server(("127.0.0.1", port)) as listening:
        issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(Provider(issuer).app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield issuer
        finally:
            server.should_exit = True
            thread.join(60)


def secrets_toml(issuer: str, app: str, cookie_secret: str) -> str:
    """Streamlit's secrets for an app at this address, base path included."""
    return f"""[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "{cookie_secret}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


if __name__ == "__main__":
    with provider(int(sys.argv[1])):
        threading.Event().wait()
