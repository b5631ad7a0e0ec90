#!/bin/bash
# Sets the roster of a new cluster, once, when exactly the planned nodes are observed; never touches a roster that is set:
# after a failure that is the operator's decision.
. /opt/stretch/lib.sh
. /etc/stretch/host.env

[[ ! -e /var/lib/stretch/roster ]] || exit 0

# The server's answer, or asinfo's error.
info() { /opt/stretch/bin/asinfo -v "$1" 2>&1 | last_line; }
field() { tr ':;' '[\n*]' <<<"$2" | sed -n "s/^$1=//p" | head -n 1; }
# The nodes alone: a roster with an active rack begins with it (M32|A1@32,...), observed nodes since their last recluster.
sorted() { tr ', ' '[\n*]' <<<"${1#M*|}" | sed '/^$/d' | LC_ALL=C sort | paste -sd, -; }
missing() { LC_ALL=C comm -13 <(tr , '\n' <<<"$1") <(tr , '\n' <<<"$2") | paste -sd, -; }

planned=$(sorted "$PLANNED_NODES")
prefix=${ACTIVE_RACK:+M$ACTIVE_RACK|}
login=${OPERATOR_SECRET_ARN:+", or does not let operator in yet (stretch-users on the first node makes it)"}
while true; do
  if ! answer=$(info "roster:namespace=$NAMESPACE") || [[ $answer != *observed_nodes=* ]]; then
    waiting "the server does not answer for namespace $NAMESPACE yet$login: $answer"
    continue
  fi
  roster=$(field roster "$answer")
  if [[ $roster != null ]]; then
    if [[ $(sorted "$roster") == "$planned" && $roster == "$prefix"[!M]* ]]; then
      log "the roster is the planned one: $roster"
    else
      log "the roster is set, other than this host's plan, and left as it is: $roster, planned: $prefix$planned"
    fi
    break
  fi
  observed=$(sorted "$(field observed_nodes "$answer")")
  if [[ $observed != "$planned" ]]; then
    waiting "observed $observed; missing: $(missing "$observed" "$planned"); not planned: $(missing "$planned" "$observed")"
    continue
  fi
  # One node acts: only the principal may recluster.
  if [[ $(field cluster_principal "$(info statistics)") != "$NODE_ID" ]]; then
    waiting "all planned nodes are here; the principal sets the roster"
    continue
  fi
  log "setting the roster: $prefix$planned"
  [[ $(info "roster-set:namespace=$NAMESPACE;nodes=$prefix$planned") == ok ]] || {
    waiting "roster-set was refused"
    continue
  }
  sleep 2
  [[ $(info "recluster:") == ok ]] || waiting "recluster was refused"
  sleep 3
done
touch /var/lib/stretch/roster
