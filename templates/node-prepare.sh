#!/bin/bash
# What every boot does before the server starts; harmless when done again.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

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
[[ -e $DATA_DEVICE ]] || die "no volume is mapped as $DATA_DEVICE: attach the data volume under that name, then: systemctl restart stretch-prepare"

# Zeroed once (its head, as in the article); never a volume in use, nor one that holds a namespace already.
if [[ ! -e /var/lib/stretch/zeroed ]]; then
  if lsblk --noheadings --output MOUNTPOINT "$DATA_DEVICE" | grep -q .; then
    die "$DATA_DEVICE is mounted, so it is not the data volume that this host was given"
  fi
  # A device of Aerospike's begins with a magic number whose last six bytes (little-endian) are the same in every version.
  if [[ $(od -An -tx1 -N8 "$DATA_DEVICE" | tr -d ' \n') == ????737572744943 ]]; then
    log "$DATA_DEVICE holds a namespace already: kept as it is"
  else
    dd if=/dev/zero of="$DATA_DEVICE" bs=1M count=8 conv=notrunc,fsync status=none
    log "$DATA_DEVICE zeroed"
  fi
  touch /var/lib/stretch/zeroed
fi

# The public address changes with every stop.
retry "instance metadata" metadata local-ipv4 >/dev/null || die "instance metadata (IMDSv2) does not answer"
public=$(metadata public-ipv4)
if [[ -n $public ]]; then edit="s/@PUBLIC_IPV4@/$public/"; else edit="/@PUBLIC_IPV4@/d"; fi
mkdir -p /etc/aerospike
sed "$edit" /etc/stretch/aerospike.conf >/etc/aerospike/aerospike.conf.new
mv /etc/aerospike/aerospike.conf.new /etc/aerospike/aerospike.conf

if [[ -n ${FEATURE_KEY_ARN:-} ]]; then
  retry "reading the feature key" keep_secret "$FEATURE_KEY_ARN" /etc/aerospike/features.conf ||
    die "the feature key $FEATURE_KEY_ARN cannot be read. Does it exist, in this account, and may this host's role read and decrypt it?"
fi
if [[ -n ${USERS_SECRET_ARN:-} ]]; then
  retry "reading the users' secret" keep_secret "$USERS_SECRET_ARN" /etc/aerospike/admin-password '.admin | strings' ||
    die "the secret $USERS_SECRET_ARN cannot be read, or its JSON has no admin. stretch secret create makes one; may this host's role read it?"
fi
log "prepared"
