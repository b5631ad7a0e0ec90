#!/bin/bash
# Installs netcat, and where there is a packageSpec Node.js, that package and its database client, once. Runs at every boot
# until it succeeded.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

# From the second boot on nothing outside this host is needed.
ca() {
  [[ -z ${TLS_CA_ARN:-} ]] ||
    renew "reading the CA, $TLS_CA_ARN," "Does it exist, and may this host's role read it?" /etc/stretch/ca.pem keep_ca /etc/stretch/ca.pem
}
if [[ -e /var/lib/stretch/installed ]]; then
  ca
  exit 0
fi

mkdir -p /var/lib/stretch
repositories="Does this subnet reach the package manager's repositories?"
if [[ -n ${MODULES:-} ]]; then
  retry "choosing $MODULES" "$repositories" dnf module enable -y "$MODULES"
fi
# shellcheck disable=SC2086 # a list
retry "installation of $HELPER_PACKAGES" "$repositories" dnf install -y $HELPER_PACKAGES
aws_tools
systemctl enable chronyd.service
systemctl restart chronyd.service
ca

if [[ -z ${PACKAGE_SPEC:-} ]]; then
  ln -sf /opt/stretch/bin/no-loader /usr/local/bin/stretch
  touch /var/lib/stretch/installed
  /opt/stretch/bin/no-loader || exit 0
fi

# Whatever npm fetches is unpacked and built by a user who may nothing else.
home=/var/lib/stretch/npm
package=/opt/stretch/package
id stretch >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /sbin/nologin stretch
mkdir -p "$home" "$package/app"
chown stretch: "$home" "$package" "$package/app"
as_stretch() {
  local variables=("PATH=$PATH" "HOME=$home" npm_config_ignore_scripts=true npm_config_audit=false npm_config_fund=false)
  [[ -z ${NPM_REGISTRY:-} ]] || variables+=("npm_config_registry=$NPM_REGISTRY")
  (cd "$home" && timeout "${longest:?}" runuser --user stretch -- env --ignore-environment "${variables[@]}" "$@")
}

get_package() {
  rm -f "$home"/*.tgz
  case $PACKAGE_SPEC in
    s3://*) fetch "$PACKAGE_SPEC" "$home/package.tgz" ;;
    *) as_stretch npm pack --pack-destination "$home" -- "$PACKAGE_SPEC" >/dev/null ;;
  esac
}
retry "download of $PACKAGE_SPEC" "Does it exist, and may this host's role (s3://) or everybody (a registry) read it?" get_package
as_stretch tar --extract --gzip --strip-components=1 --file "$(echo "$home"/*.tgz)" --directory "$package/app"

# Its lock file names each package with its checksum; scripts run of the database client's alone.
for file in package.json package-lock.json; do
  [[ -e $package/app/dist/client-host/$file ]] ||
    die "$PACKAGE_SPEC has no dist/client-host/$file: npm pack in this project makes a package that has. Then: systemctl restart stretch-client"
  cp "$package/app/dist/client-host/$file" "$package/$file"
done
retry "installation of what $PACKAGE_SPEC needs" "Is npm's registry (npmRegistry) reachable from here?" as_stretch npm ci --prefix "$package"
retry "installation of the database client" "npm says why above." \
  as_stretch npm rebuild --prefix "$package" --ignore-scripts=false aerospike
chown -R root: "$package"
chmod 755 "$package/app/dist/cli/cli.js"
ln -sf "$package/app/dist/cli/cli.js" /usr/local/bin/stretch
rm -rf "$home"
touch /var/lib/stretch/installed
log "installed $PACKAGE_SPEC"
