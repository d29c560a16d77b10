"""A sealed card is opened by its gateway, and by nobody else."""

import json
import os
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey, RSAKey

from adapters.sealing.jwe import JweOpener, JweSealer
from adapters.sealing.keys import key_at, make_key, public_jwk, read_key
from core.kernel.cards import BrowserToken, CardEntry, Expiry
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed, Refused

NUMBER, CVC = "4242424242424242", "987"
CARD = CardEntry(Secret(NUMBER), Secret(CVC), Expiry(2031, 7))
A, B = (ECKey.generate_key("P-256", private=True) for _ in "ab")
sealer = JweSealer({"a": public_jwk(A), "b": public_jwk(B)})
PLAIN = json.dumps({"number": NUMBER, "cvc": CVC, "expiry_year": 2031, "expiry_month": 7})
GOOD = {"alg": "ECDH-ES", "enc": "A256GCM"}


def opened(card: CardEntry) -> tuple[str, str, Expiry]:
    return card.number.reveal(), card.cvc.reveal(), card.expiry


def test_the_gateway_opens_what_was_sealed_to_it():
    assert opened(JweOpener(A).open(sealer.seal("a", CARD))) == (NUMBER, CVC, Expiry(2031, 7))


def test_another_gateway_does_not():
    with pytest.raises(Malformed):
        JweOpener(B).open(sealer.seal("a", CARD))


def test_a_gateway_may_still_open_what_was_sealed_to_its_key_before():
    sealed = sealer.seal("a", CARD)
    assert opened(JweOpener(B, A).open(sealed)) == opened(JweOpener(A, B).open(sealed))


def test_nothing_of_the_card_can_be_seen_and_no_two_sealings_are_equal():
    one, other = sealer.seal("a", CARD), sealer.seal("a", CARD)
    parts = [urlsafe_b64decode(part + "==") for part in one.split(".")]
    assert one != other
    assert not any(secret.encode() in part for part in parts for secret in (NUMBER, CVC))
    assert json.loads(parts[0])["kid"] == A.thumbprint()


def test_a_gateway_without_a_known_key_is_refused():
    with pytest.raises(Refused):
        sealer.seal("c", CARD)


@pytest.mark.parametrize("token", ["tok", 'x"\\' * 341, "~" * 1024])
def test_a_browser_token_is_opened_as_such(token):
    taken = JweOpener(A).open(sealer.seal("a", BrowserToken(Secret(token))))
    assert isinstance(taken, BrowserToken)
    assert taken.token.reveal() == token


def changed(sealed: str, part: int) -> str:
    parts = sealed.split(".")
    raw = bytearray(urlsafe_b64decode(parts[part] + "=="))
    raw[len(raw) // 2] ^= 1
    parts[part] = urlsafe_b64encode(raw).decode().rstrip("=")
    return ".".join(parts)


@pytest.mark.parametrize("part", [0, 2, 3, 4])
def test_a_sealing_that_was_touched_is_malformed(part):
    with pytest.raises(Malformed):
        JweOpener(A).open(changed(sealer.seal("a", CARD), part))


@pytest.mark.parametrize("sealed", ["", "x", "a.b.c.d.e", "....", "e30.e30.e30.e30.e30", "ä.b.c.d.e", "x" * 100_000])
def test_what_is_no_sealing_is_malformed(sealed):
    with pytest.raises(Malformed):
        JweOpener(A).open(sealed)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "dir", "enc": "A256GCM"}, OctKey.generate_key(256)),
        ({"alg": "RSA-OAEP-256", "enc": "A256GCM"}, RSAKey.generate_key(2048, private=True)),
        ({"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}, A),
        ({"alg": "ECDH-ES", "enc": "A128CBC-HS256"}, A),
    ],
)
def test_other_algorithms_are_malformed(header, key):
    sealed = jwe.encrypt_compact(header, PLAIN, key, algorithms=list(header.values()))
    with pytest.raises(Malformed):
        JweOpener(A).open(sealed)


def test_a_compressed_sealing_is_malformed():
    sealed = jwe.encrypt_compact(GOOD | {"zip": "DEF"}, PLAIN, A, algorithms=[*GOOD.values(), "DEF"])
    with pytest.raises(Malformed):
        JweOpener(A).open(sealed)


@pytest.mark.parametrize(
    "contents",
    [
        "no json",
        "[]",
        "{}",
        "null",
        '"token"',
        '{"token": null}',
        '{"token": ""}',
        PLAIN.replace(NUMBER, "4242424242424241"),
        PLAIN.replace('"987"', "null"),
        PLAIN.replace("2031", '"soon"'),
    ],
)
def test_what_holds_no_card_is_malformed_and_says_nothing_of_it(contents):
    sealed = jwe.encrypt_compact(GOOD, contents, A, algorithms=list(GOOD.values()))
    with pytest.raises(Malformed) as caught:
        JweOpener(A).open(sealed)
    assert "4242" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_file_is_its_owners_alone_and_is_never_replaced(tmp_path: Path):
    path = tmp_path / "keys" / "a.pem"
    made = key_at(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_at(path).thumbprint() == made.thumbprint() == read_key(path).thumbprint()
    with pytest.raises(FileExistsError):
        make_key(path)


def test_a_key_file_that_others_may_read_is_not_used(tmp_path: Path):
    path = tmp_path / "a.pem"
    make_key(path)
    os.chmod(path, 0o640)
    with pytest.raises(PermissionError):
        read_key(path)


def test_the_public_key_tells_nothing_private():
    told = json.loads(public_jwk(A))
    assert "d" not in told
    assert (told["kty"], told["crv"], told["use"]) == ("EC", "P-256", "enc")
