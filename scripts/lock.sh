#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: every package with its hashes, and no word on where it came from.
set -eu
cd "$(dirname "$0")/.."
compile() {
  uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    --quiet --upgrade "$@"
}
compile --group build --output-file requirements/runtime.txt
compile --group build --group dev --constraints requirements/runtime.txt --output-file requirements/dev.txt
