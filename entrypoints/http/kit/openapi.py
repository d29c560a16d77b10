"""The OpenAPI 3.1 document of one role, or of several in one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from entrypoints.http.kit.api import Api
from entrypoints.http.kit.callers import SCOPES
from entrypoints.http.kit.inputs import Value
from entrypoints.http.kit.operation import Operation
from entrypoints.http.kit.problem import CONTENT_TYPE, HttpProblem, ProblemDetails, phrase

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]
Schemas = Mapping[tuple[str, Mode], Json]

_WITH_TOKEN = {401, 403, 503}
_WITH_BODY = {400, 408, 413, 415, 422}
_WITH_KEY = {400, 409, 422}


def document(title: str, apis: Sequence[Api], *, issuer: str, version: str = "1") -> Json:
    """Raises `ValueError` where a route or an operation id is declared twice."""
    named = list(_named(apis))
    _check_unique(f"{operation.method} {operation.path}" for _, operation, _ in named)
    _check_unique(name for name, _, _ in named)
    schemas, definitions = TypeAdapter.json_schemas(list(_wanted(named)), ref_template="#/components/schemas/{model}")
    paths: Json = {}
    for name, operation, tag in named:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(name, operation, tag, schemas)
    statuses = sorted(set().union(*(errors_of(operation) for _, operation, _ in named)))
    return {
        "openapi": "3.1.1",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": api.name} for api in apis],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "responses": {f"Problem{status}": _problem(status, schemas) for status in statuses},
            "securitySchemes": {"oidc": _security_scheme(issuer)},
        },
    }


def errors_of(operation: Operation) -> set[int]:
    """The statuses of problems an operation may answer; 500 is never planned."""
    return {
        *operation.errors,
        *(_WITH_TOKEN if operation.callers else ()),
        *(_WITH_BODY if operation.body else ()),
        *(_WITH_KEY if operation.money else ()),
        *(status for value in operation.values for status in _value_errors(value)),
    }


def _value_errors(value: Value) -> tuple[int, ...]:
    if value.where == "path":
        return (404,)
    return (400, 422) if value.name == "cursor" else (422,)


Named = tuple[str, Operation, str]


def _named(apis: Sequence[Api]) -> Iterator[Named]:
    for api in apis:
        for operation in api.operations:
            yield f"{api.name}_{operation.handler.__name__}", operation, api.name


def _check_unique(names: Iterator[str]) -> None:
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f"declared twice: {', '.join(twice)}")


def _wanted(named: Sequence[Named]) -> Iterator[tuple[str, Mode, TypeAdapter[Any]]]:
    yield "problem", "serialization", TypeAdapter(ProblemDetails)
    for name, operation, _ in named:
        if operation.body:
            yield f"{name}.body", "validation", operation.body.adapter
        if operation.answer:
            yield f"{name}.answer", "serialization", operation.answer
        for value in operation.values:
            yield f"{name}.{value.name}", "validation", value.adapter


def _operation(name: str, operation: Operation, tag: str, schemas: Schemas) -> Json:
    problems = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in errors_of(operation)}
    described: Json = {
        "operationId": name,
        "tags": [tag],
        "summary": operation.summary,
        "security": [{"oidc": [scope]} for scope in operation.callers],
        "responses": {str(operation.status): _success(name, operation, schemas), **dict(sorted(problems.items()))},
    }
    if operation.values:
        described["parameters"] = [_parameter(name, value, schemas) for value in operation.values]
    if operation.body:
        content = _json(schemas[f"{name}.body", "validation"])
        described["requestBody"] = {"required": operation.body.required, "content": content}
    return described


def _success(name: str, operation: Operation, schemas: Schemas) -> Json:
    success: Json = {"description": phrase(operation.status)}
    if operation.answer:
        success["content"] = _json(schemas[f"{name}.answer", "serialization"])
    if operation.redirects:
        success["headers"] = {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}}
    return success


def _parameter(name: str, value: Value, schemas: Schemas) -> Json:
    schema = dict(schemas[f"{name}.{value.name}", "validation"])
    if not value.required and value.default is not None:
        schema["default"] = value.adapter.dump_python(value.default, mode="json")
    return {"name": value.alias, "in": value.where, "required": value.required, "schema": schema}


def _problem(status: int, schemas: Schemas) -> Json:
    example = HttpProblem(status).details.model_dump(exclude_none=True)
    media = {"schema": schemas["problem", "serialization"], "example": example}
    return {"description": phrase(status), "content": {CONTENT_TYPE: media}}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _security_scheme(issuer: str) -> Json:
    words = "; ".join(f"`{scope}`: {meaning}" for scope, meaning in SCOPES.items())
    return {
        "type": "openIdConnect",
        "openIdConnectUrl": f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        "description": f"An RFC 9068 access token. Scopes: {words}.",
    }
