#!/bin/sh
# An S3 server with one user, whose key comes from the environment.
set -eu
umask 077
actions='["Read:billow-invoices", "Write:billow-invoices", "List:billow-invoices"]'
cat > /tmp/s3.json << JSON
{"identities": [{"name": "billow", "actions": $actions,
  "credentials": [{"accessKey": "$S3_KEY", "secretKey": "$S3_SECRET"}]}]}
JSON
exec weed server -dir=/data -ip="$(hostname)" -ip.bind=0.0.0.0 -volume.max=20 -s3 -s3.config=/tmp/s3.json
