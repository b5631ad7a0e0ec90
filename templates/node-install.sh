#!/bin/bash
# Installs the server and its tools, once. Runs at every boot until it succeeded.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/installed ]] || exit 0

mkdir -p /var/lib/stretch /var/log/aerospike /opt/aerospike
# shellcheck disable=SC2086 # a list
retry "installation of $HELPER_PACKAGES" "Does this subnet reach the package manager's repositories?" dnf install -y $HELPER_PACKAGES
aws_tools
systemctl enable chronyd.service
systemctl restart chronyd.service

work=/var/lib/stretch/download
install -d -m 700 "$work"
# What the user said is trusted; what lies beside the package is as good as the way to it.
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
  [[ -e /etc/stretch/package-key.asc ]] || return 0
  fetch "$PACKAGE_URL.asc" "$work/package.tgz.asc" || return 1
  gpg --batch --yes --homedir "$work" --output "$work/key.gpg" --dearmor /etc/stretch/package-key.asc || return 1
  gpgv --quiet --keyring "$work/key.gpg" "$work/package.tgz.asc" "$work/package.tgz" || {
    log "the package's signature is not one of packageKey"
    return 1
  }
}
retry "download of $PACKAGE_URL" "Does it exist, is it the one that packageSha256 or packageKey names, and is it reachable from here (packageUrl names a mirror or an S3 object)? To try at once: systemctl restart stretch-install" download

tar --extract --gzip --strip-components=1 --file "$work/package.tgz" --directory "$work"
retry "installation of the server" "Are the packages in $PACKAGE_URL those of this distribution?" \
  dnf install -y "$work"/aerospike-tools*.rpm "$work"/aerospike-server-*.rpm
rm -rf "$work"

systemctl daemon-reload
systemctl enable aerospike.service
touch /var/lib/stretch/installed
log "installed $PACKAGE_URL"
systemctl start --no-block aerospike.service
