#!/bin/sh
# Fills the passwords of definitions.json in from RABBITMQ_PASSWORD_… and starts the given command.
# They are taken as they are, so only letters, digits, - and _ are allowed.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
into=${BILLOW_DEFINITIONS:-/tmp/billow-definitions.json}
script=$(mktemp)
for name in $(grep -o '@RABBITMQ_PASSWORD_[A-Z0-9_]*@' "$here/definitions.json" | tr -d @ | sort -u); do
  eval "password=\${$name:-}"
  case $password in
    '') echo "$name is not set" >&2; exit 2 ;;
    *[!A-Za-z0-9_-]*) echo "$name may hold letters, digits, - and _ only" >&2; exit 2 ;;
  esac
  echo "s/@$name@/$password/" >> "$script"
  unset "$name"
done
sed -f "$script" "$here/definitions.json" > "$into"
rm -f "$script"
if [ "$(id -u)" = 0 ] && id rabbitmq > /dev/null 2>&1; then chown rabbitmq "$into"; fi
exec "$@"
