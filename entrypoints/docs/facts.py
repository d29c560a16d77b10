"""What is to be told of each message kind. Nothing is written down here that the code says already."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from core.contracts.access import AccessBlocked, AccessRestored
from core.contracts.message import Message
from core.contracts.payment_requests import PaymentRequested
from core.contracts.users import UserChanged
from core.messaging.schema import Schema, schema_of
from core.reacting import ROLES, messages
from core.reactions import REACTIONS

PRODUCT, IDENTITY = "any product", "an identity system"
OUTSIDE_PUBLISHERS: Mapping[type[Message], str] = {PaymentRequested: PRODUCT, UserChanged: IDENTITY}
OUTSIDE_CONSUMERS: Mapping[type[Message], str] = {AccessBlocked: PRODUCT, AccessRestored: PRODUCT}

_CORE = Path(__file__).parents[2] / "core"


@dataclass(frozen=True, slots=True)
class Kind:
    """One message kind and everybody who has to do with it."""

    contract: type[Message]
    publishers: tuple[str, ...]
    consumers: Mapping[str, type[Any]]
    """By role: the use case."""

    @property
    def name(self) -> str:
        return self.contract.kind

    @property
    def schema(self) -> Schema:
        return schema_of(self.contract, notes(self.contract))

    @property
    def outside_consumer(self) -> str:
        return OUTSIDE_CONSUMERS.get(self.contract, "")


@cache
def kinds() -> tuple[Kind, ...]:
    """In the order of the table of reactions."""
    return tuple(Kind(row.message, _publishers(row.message), row.reactions) for row in messages(REACTIONS))


def notes(contract: type[Message]) -> Mapping[str, str]:
    """The texts under the fields of a contract."""
    (definition,) = ast.parse(inspect.getsource(contract)).body
    assert isinstance(definition, ast.ClassDef)
    names = {field.name for field in fields(contract)}  # type: ignore[arg-type]
    found: dict[str, str] = {}
    for before, after in zip(definition.body, definition.body[1:], strict=False):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))) if (
                name in names
            ):
                found[name] = inspect.cleandoc(text)
    return found


def _publishers(contract: type[Message]) -> tuple[str, ...]:
    inside = tuple(role for role in ROLES if contract.__name__ in _made_by(role))
    outside = OUTSIDE_PUBLISHERS.get(contract)
    return (*inside, outside) if outside else inside


@cache
def _made_by(role: str) -> frozenset[str]:
    """Names of all that a role's code calls, or is given and passes to its outbox."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted((_CORE / role).glob("*.py"))]
    return frozenset(name for tree in trees for name in (*_called(tree), *_passed_on(tree)))


def _called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name


def _passed_on(tree: ast.AST) -> Iterator[str]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)):
        types = {a.arg: a.annotation.id for a in function.args.args if isinstance(a.annotation, ast.Name)}
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr="add"), args=[ast.Name(id=name)]) if name in types:
                    yield types[name]
