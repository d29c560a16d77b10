#!/bin/sh
# Prints a Python that Billow runs on (CPython 3.11-3.13): PYTHON if set, else the .venv's own, else the first one found.
cd "$(dirname "$0")/.." || exit 1

fits() {
  "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14) and sys.implementation.name == "cpython"))' 2>/dev/null
}

if [ -n "$PYTHON" ]; then
  fits "$PYTHON" && { command -v "$PYTHON"; exit 0; }
  echo "PYTHON=$PYTHON is no CPython 3.11, 3.12 or 3.13: $("$PYTHON" --version 2>&1 | tail -1)" >&2
  exit 1
fi

first() {
  for candidate in .venv/bin/python python3 python3.13 python3.12 python3.11 \
    "$HOME"/.pyenv/versions/3.1[123].*/bin/python3 /opt/homebrew/bin/python3.1[123] /usr/local/bin/python3.1[123]; do
    fits "$candidate" && { command -v "$candidate"; return 0; }
  done
  return 1
}

first && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install python3 python3-venv; } >&2
  first && exit 0
fi

{
  echo "Billow needs CPython 3.11, 3.12 or 3.13, and this machine has: $(python3 --version 2>&1 | tail -1)."
  case "$(uname -s)" in
    Darwin) echo "Install one:  brew install python@3.13 pango" ;;
    *) echo "Install one, for example:  sudo apt-get update && sudo apt-get install -y python3 python3-venv" ;;
  esac
  echo "Or name one that is elsewhere:  make PYTHON=/path/to/python3.12 ..."
} >&2
exit 1
