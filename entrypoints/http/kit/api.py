"""A role's operations, collected by decorators."""

from collections.abc import Callable
from typing import TypeVar

from entrypoints.http.kit.operation import Handler, Operation, operation

H = TypeVar("H", bound=Handler)


class Api:
    """The operations of one role. `name` is the tag they are found under in the document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations: list[Operation] = []

    def operation(
        self,
        method: str,
        path: str,
        *,
        callers: tuple[str, ...],
        status: int | None = None,
        errors: tuple[int, ...] = (),
        money: bool = False,
    ) -> Callable[[H], H]:
        """`callers` are the scopes allowed; `errors` the statuses this operation adds to the usual ones."""

        def declare(handler: H) -> H:
            self.operations.append(
                operation(handler, method, path, status=status, callers=callers, errors=errors, money=money)
            )
            return handler

        return declare

    def get(self, path: str, *, callers: tuple[str, ...], errors: tuple[int, ...] = ()) -> Callable[[H], H]:
        return self.operation("GET", path, callers=callers, errors=errors)

    def post(
        self,
        path: str,
        *,
        callers: tuple[str, ...],
        status: int | None = None,
        errors: tuple[int, ...] = (),
        money: bool = False,
    ) -> Callable[[H], H]:
        """`money=True` asks for an `Idempotency-Key`; the handler takes an `Once` and works through it."""
        return self.operation("POST", path, callers=callers, status=status, errors=errors, money=money)

    def put(self, path: str, *, callers: tuple[str, ...], errors: tuple[int, ...] = ()) -> Callable[[H], H]:
        return self.operation("PUT", path, callers=callers, errors=errors)

    def patch(self, path: str, *, callers: tuple[str, ...], errors: tuple[int, ...] = ()) -> Callable[[H], H]:
        return self.operation("PATCH", path, callers=callers, errors=errors)

    def delete(self, path: str, *, callers: tuple[str, ...], errors: tuple[int, ...] = ()) -> Callable[[H], H]:
        return self.operation("DELETE", path, callers=callers, errors=errors)
