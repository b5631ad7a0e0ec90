#!/bin/bash
# Installs the server and its tools, once. Runs at every boot until it succeeded.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/installed ]] || exit 0

mkdir -p /var/lib/stretch /var/log/aerospike /opt/aerospike
# shellcheck disable=SC2086 # a list
retry "installation of $HELPER_PACKAGES" dnf install -y $HELPER_PACKAGES ||
  die "the package manager cannot install $HELPER_PACKAGES. Does this subnet reach the repositories?"
aws_tools
systemctl enable chronyd.service
systemctl restart chronyd.service

work=/var/lib/stretch/download
mkdir -p "$work"
download() {
  local sum=${PACKAGE_SHA256:-}
  fetch "$PACKAGE_URL" "$work/package.tgz" || return 1
  if [[ -z $sum ]]; then
    fetch "$PACKAGE_URL.sha256" "$work/package.sha256" || return 1
    sum=$(cut -d' ' -f1 "$work/package.sha256")
  fi
  sha256sum --check --status <<<"$sum  $work/package.tgz" || {
    log "the package's SHA-256 is not $sum"
    return 1
  }
}
retry "download of $PACKAGE_URL" download ||
  die "$PACKAGE_URL cannot be had. Check that it exists and is reachable from here (packageUrl names a mirror or an S3 object), then: systemctl restart stretch-install"

tar --extract --gzip --strip-components=1 --file "$work/package.tgz" --directory "$work"
retry "installation of the server" dnf install -y "$work"/aerospike-tools*.rpm "$work"/aerospike-server-*.rpm ||
  die "the packages in $PACKAGE_URL cannot be installed: see journalctl -u stretch-install"
rm -rf "$work"

systemctl daemon-reload
systemctl enable aerospike.service
touch /var/lib/stretch/installed
log "installed $PACKAGE_URL"
systemctl start --no-block aerospike.service
