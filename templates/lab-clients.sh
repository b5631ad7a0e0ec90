#!/bin/bash
# lab-clients FOLDER [ARGUMENTS]: the loaders of stretch run --live on this host, as the user loader where the cluster has access
# control. FOLDER has the bundle; the arguments are its program's, and without any it only sees whether it can begin.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

folder=$1
shift
if [[ -n ${LOADER_SECRET_ARN:-} ]]; then
  if ! STRETCH_PASSWORD=$(secret "$LOADER_SECRET_ARN") || [[ -z $STRETCH_PASSWORD ]]; then
    die "the secret $LOADER_SECRET_ARN cannot be read, or is empty: does it exist, and may this host's role read it?"
  fi
  export STRETCH_PASSWORD STRETCH_USER=loader
fi
if [[ -n ${TLS_NAME:-} ]]; then
  export STRETCH_TLS_NAME="$TLS_NAME" STRETCH_TLS_CA=/etc/stretch/ca.pem
  [[ -s $STRETCH_TLS_CA ]] || die "$STRETCH_TLS_CA is not there, which stretch-client reads of $TLS_CA_ARN: systemctl restart stretch-client"
fi
[[ $# -gt 0 ]] || exit 0
# Ledgers, those of an earlier run away: /tmp may be memory, of which loaders have little.
export TMPDIR=/var/lib/stretch/lab/ledgers
rm -rf "$TMPDIR"
install -d -m 700 "$TMPDIR"
export AWS_REGION="${REGION:?}" AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
exec node "$folder/host.js" "$@"
