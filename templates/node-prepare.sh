#!/bin/bash
# What every boot does before the server starts; harmless when done again.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

# Ends every error: the server's start prepares anew, where a restart of this unit would leave the server stopped.
next="then: systemctl start aerospike"

# Kernel settings that the server's best-practice check asks for. -e: not every kernel has every one.
sysctl -q -e -p /etc/sysctl.d/90-stretch.conf
for setting in /sys/kernel/mm/transparent_hugepage/{enabled,defrag}; do
  [[ ! -w $setting ]] || echo never >"$setting"
done

# The data volume, by the mapping name that EBS writes into the NVMe controller's data (32 bytes from 3072 on). Amazon
# Linux makes a link of that name; elsewhere we make it, at every boot.
name_of() { nvme id-ctrl --raw-binary "$1" | dd bs=1 skip=3072 count=32 status=none | tr -d '\0 '; }
if [[ ! -e $DATA_DEVICE ]]; then
  for candidate in /dev/nvme*n1; do
    [[ -e $candidate ]] || continue
    found=$(name_of "$candidate") || continue
    if [[ ${found#/dev/} == "${DATA_DEVICE#/dev/}" ]]; then ln -s "$candidate" "$DATA_DEVICE"; fi
  done
fi
[[ -e $DATA_DEVICE ]] || die "no volume is mapped as $DATA_DEVICE: attach the data volume under that name, $next"

# Zeroed once (its head, as in the article); never a volume in use, nor one that holds a namespace or anything else known.
if [[ ! -e /var/lib/stretch/zeroed ]]; then
  mounted=$(lsblk --noheadings --output MOUNTPOINT "$DATA_DEVICE") ||
    die "lsblk cannot tell whether $DATA_DEVICE is mounted, so it is left as it is: mend that, $next"
  [[ ! $mounted =~ [^[:space:]] ]] ||
    die "$DATA_DEVICE is mounted, so it is not the data volume that this host was given: attach that one under this name, $next"
  # A device of Aerospike's begins with a magic number whose last six bytes (little-endian) are the same in every version.
  magic=$(od -An -tx1 -N8 "$DATA_DEVICE" | tr -d ' \n') || die "$DATA_DEVICE cannot be read: attach a sound volume, $next"
  if [[ $magic == ????737572744943 ]]; then
    log "$DATA_DEVICE holds a namespace already: kept as it is"
  else
    status=0
    found=$(blkid -p "$DATA_DEVICE" 2>&1) || status=$?
    # 2: no file system, partition table, or other signature that blkid knows.
    [[ $status -eq 2 ]] ||
      die "$DATA_DEVICE may hold data, so it is left as it is (blkid -p: ${found:-status $status}). Attach an empty volume, or clear this one (wipefs --all $DATA_DEVICE), $next"
    dd if=/dev/zero of="$DATA_DEVICE" bs=1M count=8 conv=notrunc,fsync status=none
    log "$DATA_DEVICE zeroed"
  fi
  touch /var/lib/stretch/zeroed
fi

# The public address changes with every stop.
public=$(retry "instance metadata" "Whether this host has a public address is not known: is metadata (IMDSv2) enabled for this instance?" metadata public-ipv4)
if [[ -n $public ]]; then edit="s/@PUBLIC_IPV4@/$public/"; else edit="/@PUBLIC_IPV4@/d"; fi
mkdir -p /etc/aerospike
sed "$edit" /etc/stretch/aerospike.conf >/etc/aerospike/aerospike.conf.new
mv /etc/aerospike/aerospike.conf.new /etc/aerospike/aerospike.conf

# From the second boot on nothing outside this host is needed.
if [[ -n ${FEATURE_KEY_ARN:-} ]]; then
  renew "reading the feature key $FEATURE_KEY_ARN" "Does it exist, in this account, and may this host's role read and decrypt it?" \
    /etc/aerospike/features.conf keep_secret "$FEATURE_KEY_ARN" /etc/aerospike/features.conf
fi
if [[ -n ${ADMIN_SECRET_ARN:-} ]]; then
  renew "reading admin's password $ADMIN_SECRET_ARN" "stretch secret create makes one; may this host's role read it?" \
    /etc/aerospike/admin-password keep_secret "$ADMIN_SECRET_ARN" /etc/aerospike/admin-password
fi
# All three or none: a new certificate does not fit the key of an earlier boot.
keep_tls() {
  local tls=/etc/aerospike/tls
  rm -rf "$tls.new"
  install -d -m 755 "$tls.new"
  keep_secret "$TLS_CERTIFICATE_ARN" "$tls.new/certificate.pem" &&
    keep_secret "$TLS_KEY_ARN" "$tls.new/key.pem" &&
    keep_ca "$tls.new/ca.pem" || return 1
  rm -rf "$tls"
  mv "$tls.new" "$tls"
}
if [[ -n ${TLS_NAME:-} ]]; then
  renew "reading certificate, key and CA, $TLS_CERTIFICATE_ARN, $TLS_KEY_ARN, $TLS_CA_ARN," \
    "Do they exist, in this account, and may this host's role read and decrypt them?" /etc/aerospike/tls keep_tls
fi
log "prepared"
