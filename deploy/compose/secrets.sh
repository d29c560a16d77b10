#!/bin/sh
# Prints a new random value for every secret of docker-compose.rabbit.yml:  sh deploy/compose/secrets.sh > .env
set -eu
cd "$(dirname "$0")/../.."
grep -o '\${[A-Z0-9_]*:?secret}' docker-compose.rabbit.yml | tr -d '${}' | cut -d: -f1 | sort -u | while read -r name; do
  echo "$name=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')"
done
echo '# The identity system whose access tokens are accepted:'
echo 'BILLOW_ISSUER=https://id.example.com'
