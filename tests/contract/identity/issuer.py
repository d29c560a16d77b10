"""An issuer over real HTTP that rotates, breaks and counts as a test wants."""

import asyncio
import base64
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from aiohttp import encode_basic_auth, web
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "https://billing.example"
CLIENT_ID, CLIENT_SECRET = "billow", "introspection-secret"


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@cache
def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})


@cache
def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": kid, "use": "sig"})


def seconds(after_now: float = 0) -> int:
    return int(datetime.now(UTC).timestamp() + after_now)


@dataclass
class Issuer:
    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [rsa_key("rsa"), ec_key("ec")])
    fetches: int = 0
    mode: str = "well"
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def claims(self, **others: Any) -> dict[str, Any]:
        """Good claims; None takes one out."""
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "ann",
            "client_id": "portal",
            "scope": "billing",
            "iat": seconds(),
            "exp": seconds(300),
            "jti": str(uuid4()),
        }
        return {name: value for name, value in (good | others).items() if value is not None}

    def token(
        self, key: Key | bytes | None = None, alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        key = key or self.keys[0]
        kid = "rsa" if isinstance(key, bytes) else key.kid
        head = {"alg": alg, "typ": "at+jwt", "kid": kid} | (header or {})
        return sign({name: value for name, value in head.items() if value is not None}, self.claims(**claims), key)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_post("/introspect", self._introspect)
        return app

    async def _discovery(self, _request: web.Request) -> web.Response:
        issuer = "https://evil.example" if self.mode == "other issuer" else self.url
        return web.json_response({"issuer": issuer, "jwks_uri": f"{self.url}/jwks"})

    async def _jwks(self, _request: web.Request) -> web.StreamResponse:
        self.fetches += 1
        self.asked.set()
        match self.mode:
            case "500":
                return web.json_response(KeySet([rsa_key("stranger")]).as_dict(private=False), status=500)
            case "garbage":
                return web.Response(text="<html>", content_type="text/html")
            case "no keys":
                return web.json_response({"keys": []})
            case "redirect":
                raise web.HTTPFound("/elsewhere")
            case "huge":
                return web.json_response({"keys": [], "padding": "x" * 300_000})
            case "slow":
                await self.go_on.wait()
        return web.json_response(KeySet(self.keys).as_dict(private=False))

    async def _introspect(self, request: web.Request) -> web.Response:
        """Opaque tokens here are the claims themselves, in base64url."""
        if request.headers.get("Authorization") != encode_basic_auth(CLIENT_ID, CLIENT_SECRET):
            return web.Response(status=401)
        match self.mode:
            case "500":
                return web.json_response({"active": False}, status=500)
            case "garbage":
                return web.Response(text="<html>")
            case "slow":
                await self.go_on.wait()
        return web.json_response(opened((await request.post())["token"]))


def sign(header: dict[str, Any], claims: dict[str, Any], key: Key | bytes) -> str:
    """Signs whatever it is given, as an attacker would: the library is too careful for that."""
    signing_input = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signing_input}.{b64(signature(header['alg'], signing_input.encode(), key))}"


def signature(alg: str, signing_input: bytes, key: Key | bytes) -> bytes:
    if isinstance(key, bytes):
        return hmac.digest(key, signing_input, "sha256")
    return JWSRegistry.algorithms[alg].sign(signing_input, key)


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def opaque(claims: dict[str, Any]) -> str:
    return json.dumps(claims).encode().hex()


def opened(token: Any) -> dict[str, Any]:
    try:
        return {"active": True, **json.loads(bytes.fromhex(str(token)))}
    except ValueError:
        return {"active": False}
