#!/bin/bash
# asinfo on this host's server, as the user operator where access control is on. Run as root.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

if [[ -n ${OPERATOR_SECRET_ARN:-} ]]; then
  file=$(credentials operator) || die "the secret $OPERATOR_SECRET_ARN cannot be read: does it exist, and may this host's role read it?"
  exec asinfo --only-config-file "$file" "$@"
fi
exec asinfo "$@"
