#!/bin/bash
# asinfo on this host's server, over TLS where it has it, as the user operator where access control is on. Run as root.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

if [[ -n ${OPERATOR_SECRET_ARN:-} ]]; then
  file=$(credentials operator) || die "the secret $OPERATOR_SECRET_ARN cannot be read: does it exist, and may this host's role read it?"
else
  file=/run/stretch/nobody.conf
  install -d -m 700 /run/stretch
  # Whole or not at all: others ask at the same time.
  cluster_section >"$file.$$"
  mv "$file.$$" "$file"
fi
exec asinfo --only-config-file "$file" "$@"
