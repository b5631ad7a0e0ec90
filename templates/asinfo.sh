#!/bin/bash
# asinfo on this host's server, as the user operator where access control is on. Run as root.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

if [[ -n ${USERS_SECRET_ARN:-} ]]; then
  file=$(credentials operator) || die "the secret $USERS_SECRET_ARN cannot be read, or its JSON has no operator"
  exec asinfo --only-config-file "$file" "$@"
fi
exec asinfo "$@"
