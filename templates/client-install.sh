#!/bin/bash
# Installs Node.js, netcat and the project's package, once. Runs at every boot until it succeeded.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/installed ]] || exit 0

mkdir -p /var/lib/stretch
if [[ -n ${MODULES:-} ]]; then
  retry "choosing $MODULES" dnf module enable -y "$MODULES" || die "the package manager has no $MODULES"
fi
# shellcheck disable=SC2086 # a list
retry "installation of $HELPER_PACKAGES" dnf install -y $HELPER_PACKAGES ||
  die "the package manager cannot install $HELPER_PACKAGES. Does this subnet reach the repositories?"
aws_tools
systemctl enable chronyd.service
systemctl restart chronyd.service

spec=$PACKAGE_SPEC
if [[ $spec == s3://* ]]; then
  spec=/var/lib/stretch/package.tgz
  retry "download of $PACKAGE_SPEC" fetch "$PACKAGE_SPEC" "$spec" ||
    die "$PACKAGE_SPEC cannot be had: does it exist, and may this host's role read it? Then: systemctl restart stretch-client"
fi
mkdir -p /opt/stretch/package
# Read by npm itself.
[[ -z ${NPM_REGISTRY:-} ]] || export npm_config_registry=$NPM_REGISTRY
retry "installation of $PACKAGE_SPEC" npm install --prefix /opt/stretch/package --no-audit --no-fund "$spec" "$CLIENT_SPEC" ||
  die "npm cannot install $PACKAGE_SPEC with $CLIENT_SPEC: see journalctl -u stretch-client"
ln -sf /opt/stretch/package/node_modules/.bin/stretch /usr/local/bin/stretch
touch /var/lib/stretch/installed
log "installed $PACKAGE_SPEC"
