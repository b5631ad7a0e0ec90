#!/bin/bash
# On the first node only: every user's password is the secret's, and the users loader and operator exist.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/users ]] || exit 0

login() { asinfo --only-config-file "$1" -v build </dev/null >/dev/null 2>&1; }

# The same, for a change that has yet to reach this node.
soon() {
  local try
  for try in 1 2 3 4 5 6; do
    if login "$1"; then return 0; fi
    [[ $try -eq 6 ]] || sleep 5
  done
  return 1
}

# run AS COMMAND: an asadm command from a file, as arguments are for everybody to see. asadm repeats its commands: lines with
# a password are left out of what it says.
run() {
  local file
  file=$(umask 077 && mktemp /run/stretch/command.XXXXXX)
  echo "$2" >"$file"
  asadm --only-config-file "$1" --enable -e "$file" 2>&1 </dev/null | without_passwords || true
  rm -f "$file"
}

for user in admin loader operator; do
  retry "reading the password of $user, $(arn_of "$user")," "stretch secret create makes one; may this host's role read it?" credentials "$user" >/dev/null
done
# asadm's command line takes these characters as they are.
password() { sed -n 's/^password = "\(.*\)"$/\1/p' "$(credentials "$1")"; }
for user in admin loader operator; do
  [[ $(password "$user") =~ ^[A-Za-z0-9._~@%+=:,/-]{8,}$ ]] ||
    die "the password of $user, $(arn_of "$user"): expected 8 or more of A-Z a-z 0-9 . _ ~ @ % + = : , / -"
done
admin=$(credentials admin)

default=/run/stretch/default.conf
(umask 077 && { cluster_section && printf 'user = "admin"\npassword = "admin"\n'; } >"$default")
until login "$admin"; do
  if login "$default"; then
    log "changing the default admin password"
    run "$default" "manage acl set-password user admin password $(password admin)"
    soon "$admin" || die "the admin user kept its default password: see above"
  else
    waiting "the server does not let admin in yet, neither with the secret's password nor with the default one"
  fi
done
rm -f "$default"

# Users are metadata of the cluster: made once it is whole, they are on every node.
planned=$(wc -w <<<"$PLANNED_NODES")
ask() { asinfo --only-config-file "$admin" -v "$1" 2>&1 </dev/null | last_line; }
# The planned nodes that are neither this one nor a peer of it.
missing() {
  local peers node
  peers=$(ask "$([[ -n ${TLS_NAME:-} ]] && echo peers-tls-std || echo peers-clear-std)") || {
    echo " not known"
    return
  }
  for node in $PLANNED_NODES; do
    [[ "[$NODE_ID,$peers" == *"[${node%@*},"* ]] || echo -n " $node"
  done
}
until answer=$(ask "cluster-stable:size=$planned;ignore-migrations=yes") && [[ $answer =~ ^[0-9A-F]+$ ]]; do
  waiting "the cluster has not exactly its $planned nodes yet ($answer); missing:$(missing)"
done

while read -r user roles; do
  if login "$(credentials "$user")"; then
    log "user $user is there already"
    continue
  fi
  run "$admin" "manage acl create user $user password $(password "$user") roles $roles"
  soon "$(credentials "$user")" ||
    die "user $user cannot log in with the secret's password: it exists with another one, or could not be made: see above"
  log "created user $user ($roles)"
done <<END
loader read-write
operator sys-admin user-admin
END
touch /var/lib/stretch/users
