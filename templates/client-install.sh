#!/bin/bash
# Installs Node.js, netcat and the project's package, once. Runs at every boot until it succeeded.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/installed ]] || exit 0

mkdir -p /var/lib/stretch
if [[ -n ${MODULES:-} ]]; then
  retry "choosing $MODULES" "Does this subnet reach the package manager's repositories?" dnf module enable -y "$MODULES"
fi
# shellcheck disable=SC2086 # a list
retry "installation of $HELPER_PACKAGES" "Does this subnet reach the package manager's repositories?" dnf install -y $HELPER_PACKAGES
aws_tools
systemctl enable chronyd.service
systemctl restart chronyd.service

spec=$PACKAGE_SPEC
if [[ $spec == s3://* ]]; then
  spec=/var/lib/stretch/package.tgz
  retry "download of $PACKAGE_SPEC" "Does it exist, and may this host's role read it?" fetch "$PACKAGE_SPEC" "$spec"
fi
mkdir -p /opt/stretch/package
# Read by npm itself.
[[ -z ${NPM_REGISTRY:-} ]] || export npm_config_registry=$NPM_REGISTRY
retry "installation of $PACKAGE_SPEC" "npm cannot install it with $CLIENT_SPEC: see above." \
  npm install --prefix /opt/stretch/package --no-audit --no-fund "$spec" "$CLIENT_SPEC"
ln -sf /opt/stretch/package/node_modules/.bin/stretch /usr/local/bin/stretch
touch /var/lib/stretch/installed
log "installed $PACKAGE_SPEC"
