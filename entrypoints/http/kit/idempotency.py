"""`Idempotency-Key`: a money-moving POST may be repeated until it is answered, and its work is done once.

The key's row and the work share one transaction: whatever kills the first try leaves neither behind."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, Protocol, TypeVar

from aiohttp import web
from pydantic import Field, TypeAdapter

from core.kernel.trouble import Trouble
from entrypoints.http.kit.inputs import MISSING, Call, Value
from entrypoints.http.kit.problem import CONTENT_TYPE, HttpProblem, of_trouble

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
BUSY_SECONDS = 1

T = TypeVar("T")
_KEY: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")])
_NOT_KEPT = frozenset({400, 408, 413, 415, 422, 429})


class KeptAnswer(Protocol):
    """What is known of a key: whose request it was, and its answer once there is one (`status` None: still running)."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def body(self) -> str: ...


class IdempotencyKeys(Protocol):
    """The keys, kept in the transaction of the work and at least 24 hours. A scope is 64 hexadecimal digits."""

    async def claim(self, scope: str, fingerprint: str) -> KeptAnswer | None:
        """None: the key is new and now ours until the transaction ends. Never waits for another transaction: a key
        in another's hands is answered with `status` None and the fingerprint given here."""

    async def store(self, scope: str, status: int, body: str) -> None:
        """The answer to repeat, exactly as it was sent."""


class KeyTx(Protocol):
    """A transaction that holds keys beside the work."""

    @property
    def idempotency(self) -> IdempotencyKeys: ...


Tx = TypeVar("Tx", bound=KeyTx)


class KeyRefused(HttpProblem):
    """The key is missing, somebody else's, or in use: says nothing about the work."""


class Replayed(Exception):
    """The work was done before; this is what was answered then."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(status)
        self.status = status
        self.body = body

    def response(self) -> web.Response:
        kind = "application/json" if self.status < 400 else CONTENT_TYPE
        return web.Response(status=self.status, body=self.body.encode(), content_type=kind, headers={REPLAYED: "true"})


@dataclass(frozen=True, slots=True)
class Once:
    """Runs the work of one key once: `return await once(uow, work)`, where `work(tx)` returns the answer."""

    scope: str
    fingerprint: str
    status: int
    answer: TypeAdapter[Any] | None

    async def __call__(
        self, uow: Callable[[], AbstractAsyncContextManager[Tx]], work: Callable[[Tx], Awaitable[T]]
    ) -> T:
        try:
            async with uow() as tx:
                await self._claim(tx.idempotency)
                result = await work(tx)
                await tx.idempotency.store(self.scope, self.status, self._text(result))
                return result
        except KeyRefused:
            raise
        except (HttpProblem, Trouble) as error:
            await self._keep(uow, error if isinstance(error, HttpProblem) else of_trouble(error))
            raise

    async def _claim(self, keys: IdempotencyKeys) -> None:
        kept = await keys.claim(self.scope, self.fingerprint)
        if kept is not None:
            self._repeat(kept)

    def _repeat(self, kept: KeptAnswer) -> NoReturn:
        if kept.fingerprint != self.fingerprint:
            raise KeyRefused(422, "This key was used for another request.", kind="idempotency-key-reused")
        if kept.status is None:
            retry = {"Retry-After": str(BUSY_SECONDS)}
            raise KeyRefused(409, "The first request with this key is running.", kind="in-progress", headers=retry)
        raise Replayed(kept.status, kept.body)

    async def _keep(self, uow: Callable[[], AbstractAsyncContextManager[Tx]], problem: HttpProblem) -> None:
        """A refusal is an answer too; its work was rolled back, so it is kept by itself."""
        if problem.status >= 500 or problem.status in _NOT_KEPT:
            return
        async with uow() as tx:
            if await tx.idempotency.claim(self.scope, self.fingerprint) is None:
                await tx.idempotency.store(self.scope, problem.status, problem.body)

    def _text(self, result: Any) -> str:
        return "" if self.answer is None else self.answer.dump_json(result).decode()


@dataclass(frozen=True, slots=True)
class OnceInput:
    """Fills an `Once` from the header, the caller and everything read before."""

    method: str = ""
    path: str = ""
    status: int = 200
    answer: TypeAdapter[Any] | None = None
    name: str = ""
    parameters: tuple[Value, ...] = (Value("idempotency_key", "header", HEADER, _KEY, MISSING),)

    async def read(self, call: Call) -> Once:
        key = read_key(call.request.headers.getall(HEADER, []))
        if call.caller is None:
            raise TypeError("money is never moved for nobody")
        scope = digest([call.caller.client_id, call.caller.user_id, key])
        return Once(scope, fingerprint(self.method, self.path, call.values), self.status, self.answer)


def read_key(found: list[str]) -> str:
    """Exactly one key of 1 to 255 visible ASCII characters. Raises 400."""
    try:
        [key] = found
        return _KEY.validate_python(key)
    except ValueError as error:
        detail = f"This needs one {HEADER} of 1 to 255 visible ASCII characters."
        raise KeyRefused(400, detail, kind="idempotency-key-missing") from error


def fingerprint(method: str, template: str, values: Mapping[str, Any]) -> str:
    """Same method, route and values, same fingerprint. `SecretStr` members are masked: no card data enters."""
    return digest([method, template, TypeAdapter(dict[str, Any]).dump_python(dict(values), mode="json")])


def digest(value: Any) -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
