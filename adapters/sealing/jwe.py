"""JSON Web Encryption (RFC 7516), compact: ECDH-ES with a fresh key for each card, content under A256GCM."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from core.kernel.cards import BrowserToken, CardEntry, Expiry
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed, Refused

LONGEST = 4096
_HEADER = {"alg": "ECDH-ES", "enc": "A256GCM"}
_ALLOWED = jwe.JWERegistry(algorithms=list(_HEADER.values()))


class JweSealer:
    """Seals cards to the public keys (JWKs) of the gateways."""

    def __init__(self, public_keys: Mapping[str, str]) -> None:
        self._keys = {gateway: ECKey.import_key(json.loads(text)) for gateway, text in public_keys.items()}

    def seal(self, gateway: str, card: CardEntry | BrowserToken) -> str:
        key = self._keys.get(gateway)
        if key is None:
            raise Refused(f"no key to seal a card for gateway {gateway!r} is known")
        header = {**_HEADER, "kid": key.thumbprint()}
        return jwe.encrypt_compact(header, json.dumps(_contents(card)), key, registry=_ALLOWED)


class JweOpener:
    """Opens what was sealed to one gateway; it may hold the keys before this one, for what is still on its way."""

    def __init__(self, *private_keys: ECKey) -> None:
        self._keys: Sequence[ECKey] = private_keys

    def open(self, sealed: str) -> CardEntry | BrowserToken:
        try:
            return _opened(json.loads(self._plaintext(sealed)))
        except Malformed:
            raise
        except (JoseError, InvalidTag, ValueError, KeyError, TypeError, AttributeError):
            # Without the cause: what was half opened must not reach a log.
            raise Malformed("this is no card sealed to this gateway") from None

    def _plaintext(self, sealed: str) -> bytes:
        if len(sealed) > LONGEST:
            raise Malformed("a sealed card is not that long")
        for key in self._keys[:-1]:
            try:
                return _decrypted(sealed, key)
            except (JoseError, InvalidTag, ValueError):
                continue
        return _decrypted(sealed, self._keys[-1])


def _decrypted(sealed: str, key: ECKey) -> bytes:
    return jwe.decrypt_compact(sealed, key, registry=_ALLOWED).plaintext or b""


def _contents(card: CardEntry | BrowserToken) -> dict[str, Any]:
    if isinstance(card, BrowserToken):
        return {"token": card.token.reveal()}
    return {
        "number": card.number.reveal(),
        "cvc": card.cvc.reveal(),
        "expiry_year": card.expiry.year,
        "expiry_month": card.expiry.month,
    }


def _opened(contents: Any) -> CardEntry | BrowserToken:
    match contents:
        case {"token": str(token)}:
            return BrowserToken(Secret(token))
    expiry = Expiry(int(contents["expiry_year"]), int(contents["expiry_month"]))
    return CardEntry(Secret(str(contents["number"])), Secret(str(contents["cvc"])), expiry)
