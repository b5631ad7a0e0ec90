#!/bin/bash
# lab-clients FOLDER: the loaders of stretch run --live on this host, as the user loader where the cluster has access control.
# FOLDER has the bundle; the other arguments are its program's.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

folder=$1
shift
if [[ -n ${LOADER_SECRET_ARN:-} ]]; then
  STRETCH_PASSWORD=$(secret "$LOADER_SECRET_ARN") || die "the secret $LOADER_SECRET_ARN cannot be read: does it exist, and may this host's role read it?"
  export STRETCH_PASSWORD STRETCH_USER=loader
fi
[[ -z ${TLS_NAME:-} ]] || export STRETCH_TLS_NAME="$TLS_NAME" STRETCH_TLS_CA=/etc/stretch/ca.pem
# Ledgers, those of an earlier run away: /tmp may be memory, of which loaders have little.
export TMPDIR=/var/lib/stretch/lab/ledgers
rm -rf "$TMPDIR"
install -d -m 700 "$TMPDIR"
export AWS_REGION="${REGION:?}" AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
exec node "$folder/host.js" "$@"
