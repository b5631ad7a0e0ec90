#!/bin/bash
# recorder UNTIL NAMESPACE OBJECT REGION: samples this host's server every 500 ms until it is told to end, or the second UNTIL of
# the epoch has come. OBJECT.latest is a latest sample, put every 2 s, with who serves what; OBJECT.gz has all of them in the end.
# A sample: a line "@", microseconds of the epoch before it and how many it took; a line a command, a tab and the answer; an
# empty line. Started by stretch run --live.
. /opt/stretch/lib.sh
. /etc/stretch/host.env
export LC_ALL=C
end=$1 namespace=$2 object=$3 region=$4
common=(statistics "namespace/$namespace" "roster:namespace=$namespace")
folder=/var/lib/stretch/recorder
# After a boot in the midst of a run its samples go on, past what may be torn.
if [[ -s $folder/run && $(<"$folder/run") == "$object" ]]; then
  printf '\n\n' >>"$folder/samples"
else
  rm -rf "$folder"
  install -d -m 700 "$folder"
  echo "$object" >"$folder/run"
fi
# Where the server listens for its own host, if not at the usual place.
server=127.0.0.1:3000
[[ ! -s /etc/stretch/server ]] || server=$(cat /etc/stretch/server)

# A busy host may be slow to tell its role's credentials; the command would ask once, for a second.
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=3
put() { timeout 25 aws s3 cp --only-show-errors --region "$region" "$1" "$2"; }

# now: microseconds of the epoch. Bash before 5.0 (Enterprise Linux 8) does not tell them itself.
if [[ -n ${EPOCHREALTIME:-} ]]; then
  now() { now=${EPOCHREALTIME/[.,]/}; }
else
  now() { now=$(date +%s%6N); }
fi

# The functions below leave what they found in answers: a line a command, as info answers are; nothing where the server says nothing.
answers=

# All commands in one request of the info protocol, without another process: a tool's would take more of this host than is seen.
ask_plainly() {
  local request line command length
  printf -v request '%s\n' "$@"
  printf -v length '%012x' "${#request}"
  { exec {socket}<>"/dev/tcp/${server%:*}/${server##*:}"; } 2>/dev/null || return 0
  # Version 2, type 1, and the length in six bytes.
  if printf "\x02\x01\x${length:0:2}\x${length:2:2}\x${length:4:2}\x${length:6:2}\x${length:8:2}\x${length:10:2}%s" "$request" >&"$socket"; then
    for command in "$@"; do
      # The answer's header stands before its first line, and may have a line break.
      while IFS= read -r -t 5 -u "$socket" line; do
        [[ $line == *"$command"$'\t'* ]] || continue
        answers+=$command$'\t'${line#*"$command"$'\t'}$'\n'
        break
      done
    done
  fi 2>/dev/null
  exec {socket}>&-
}

# Through the tool, which knows TLS and logs in: one after the other.
ask_asinfo() {
  local command answer
  for command in "$@"; do
    answer=$(timeout 10 /opt/stretch/bin/asinfo -v "$command" 2>/dev/null | head -n 1) || continue
    answers+=$command$'\t'$answer$'\n'
  done
}

# Microseconds between two samples, and samples between two that are put.
if [[ -n ${OPERATOR_SECRET_ARN:-}${TLS_NAME:-} ]]; then
  ask=ask_asinfo interval=5000000 puts=1
else
  ask=ask_plainly interval=500000 puts=4
fi

# sample FILE COMMANDS...: adds one to a file.
sample() {
  local file=$1 begun
  shift
  answers=
  now
  begun=$now
  "$ask" "$@"
  now
  printf '@\t%s\t%s\n%s\n' "$begun" "$((now - begun))" "$answers" >>"$file"
}

ended=
trap 'ended=1' TERM INT
sending=
for ((i = 0; ; i++)); do
  now
  begun=$now
  if ((i % puts)) || { [[ -n $sending ]] && kill -0 "$sending" 2>/dev/null; }; then
    sample "$folder/samples" "${common[@]}"
  else
    rm -f "$folder/latest"
    sample "$folder/latest" "${common[@]}" replicas "sets/$namespace"
    cat "$folder/latest" >>"$folder/samples"
    put "$folder/latest" "$object.latest" &
    sending=$!
  fi
  now
  [[ -z $ended && $((now / 1000000)) -lt $end ]] || break
  left=$((interval - (now - begun)))
  if ((left > 0)); then
    printf -v left '%d.%06d' "$((left / 1000000))" "$((left % 1000000))"
    sleep "$left" || true
  fi
done
trap '' TERM INT
gzip <"$folder/samples" >"$folder/samples.gz"
# All that was seen is not given up for one refusal.
for ((tries = 1; ; tries++)); do
  if put "$folder/samples.gz" "$object.gz"; then break; fi
  ((tries < 3)) || exit 1
  sleep 2
done
