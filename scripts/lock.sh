#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: every package with its hashes, and no word on where it came from.
# What is locked stays as it is where it may:  make lock ARGS=--upgrade  chooses the newest.
set -eu
cd "$(dirname "$0")/.."
lock=$1
shift
exec uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
  --quiet --output-file "requirements/$lock.txt" "$@"
