"""As much of curl as the pages use, for machines without it. The status goes to stderr, as the tests ask curl to do."""

import sys
from argparse import ArgumentParser
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def read(arguments: list[str]) -> tuple[Request, Path | None]:
    """Raises `SystemExit` for what the pages do not use."""
    parser = ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("-s", "-S", "-L", dest="ignored", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="body")
    parser.add_argument("-o", dest="file", type=Path)
    parser.add_argument("url")
    found = parser.parse_args(arguments)
    headers = dict(header.split(": ", 1) for header in found.headers)
    body = found.body.encode() if found.body is not None else None
    return Request(found.url, body, headers, method=found.method or ("POST" if body else "GET")), found.file


def answer_to(request: Request) -> HTTPResponse | HTTPError:
    try:
        return urlopen(request, timeout=30)  # type: ignore[no-any-return]
    except HTTPError as error:
        return error


def main() -> None:
    request, file = read(sys.argv[1:])
    with answer_to(request) as answer:
        content = answer.read()
        print(f"status {answer.status}", file=sys.stderr)
    if file:
        file.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
