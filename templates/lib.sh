# shellcheck shell=bash
# Shared by the scripts of this host.
set -euo pipefail
umask 022

# To standard error: standard output is for values.
log() { echo "$*" >&2; }

# What systemctl status shows when a unit failed.
die() {
  echo "ERROR: $*" >&2
  exit 1
}

# retry WHAT HINT COMMAND...: until it succeeds, 5 s apart at first, twice as long each time, at most 10 minutes. Whatever is
# mended outside, the host goes on by itself.
retry() {
  local what=$1 hint=$2 delay=5 try=1
  shift 2
  until "$@"; do
    log "$what failed (try $try), again in $delay s. $hint"
    sleep "$delay"
    try=$((try + 1)) delay=$((delay * 2 < 600 ? delay * 2 : 600))
  done
}

# Seconds after which a download is given up, and started again.
longest=1800

# fetch SOURCE FILE: an https or s3 URL, or an http one whose checksum the user gave. One that stalls is given up.
fetch() {
  local protocols="=https"
  case $1 in
    s3://*)
      timeout "$longest" aws s3 cp --only-show-errors --region "${REGION:?}" --cli-connect-timeout 10 --cli-read-timeout 30 "$1" "$2"
      return
      ;;
    http://*) protocols="=http,https" ;;
  esac
  curl --fail --silent --show-error --location --proto "$protocols" --connect-timeout 10 \
    --speed-limit 1024 --speed-time 30 --max-time "$longest" --output "$2" "$1"
}

# A value of instance metadata by IMDSv2; nothing if it does not exist (404), status 1 with every other answer or none.
metadata() {
  local base=http://169.254.169.254/latest token answer
  token=$(curl --fail --silent --show-error --max-time 5 -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$base/api/token") || return 1
  answer=$(curl --silent --show-error --max-time 5 --write-out '\n%{http_code}' \
    -H "X-aws-ec2-metadata-token: $token" "$base/meta-data/$1") || return 1
  case ${answer##*$'\n'} in
    200) echo "${answer%$'\n'*}" ;;
    404) ;;
    *)
      log "instance metadata answers HTTP ${answer##*$'\n'} to $1"
      return 1
      ;;
  esac
}

# The AWS command, for short questions.
ask_aws() { timeout 60 aws "$@" --cli-connect-timeout 10 --cli-read-timeout 20; }

# The secret of an ARN (Secrets Manager or SSM parameter) on standard output, with the host's own role.
secret() {
  local region
  region=$(cut -d: -f4 <<<"$1")
  case $1 in
    arn:*:secretsmanager:*)
      # A secret made with --secret-binary has no string.
      ask_aws secretsmanager get-secret-value --region "$region" --secret-id "$1" --query '[SecretString, SecretBinary]' --output json |
        jq --join-output '.[0] // (.[1] | @base64d)'
      ;;
    arn:*:ssm:*)
      ask_aws ssm get-parameter --region "$region" --name "$1" --with-decryption --query Parameter.Value --output text
      ;;
  esac
}

# keep_secret ARN FILE [FORM]: into a file that only root reads, whole or not at all; in a form that is a jq filter of the text.
keep_secret() {
  local new
  new=$(umask 077 && mktemp "$2.XXXXXX")
  if secret "$1" | if [[ $# -gt 2 ]]; then jq --raw-input --slurp --raw-output "$3"; else cat; fi >"$new" && [[ -s $new ]]; then
    mv "$new" "$2"
  else
    rm -f "$new"
    return 1
  fi
}

# renew WHAT HINT FILE COMMAND...: the command that makes the file, until it succeeds; where an earlier boot had the file, that
# one does while AWS does not answer.
renew() {
  local what=$1 hint=$2 file=$3
  shift 3
  if [[ ! -e $file ]]; then
    retry "$what" "$hint" "$@"
  elif ! "$@"; then
    log "$what failed: the value of an earlier boot stays. $hint"
  fi
}

# Whom to trust, for everybody on this host to read.
keep_ca() {
  keep_secret "$TLS_CA_ARN" "$1" && chmod 644 "$1"
}

# How tools reach the server of this host.
cluster_section() {
  echo "[cluster]"
  if [[ -n ${TLS_NAME:-} ]]; then
    printf 'host = "127.0.0.1:4333"\ntls-enable = true\ntls-name = "%s"\ntls-cafile = "/etc/aerospike/tls/ca.pem"\n' "$TLS_NAME"
  else
    echo 'host = "127.0.0.1:3000"'
  fi
}

# arn_of USER: of the secret with that user's password.
arn_of() {
  local name=${1^^}_SECRET_ARN
  echo "${!name}"
}

# credentials USER: the tools' configuration file with that user's password, made once a boot; prints its path.
credentials() {
  local file=/run/stretch/$1.conf form
  if [[ ! -s $file ]]; then
    install -d -m 700 /run/stretch
    # A JSON string is a TOML string.
    form="$(cluster_section | jq --raw-input --slurp .) + \"user = \\\"$1\\\"\\npassword = \\(rtrimstr(\"\\n\") | tojson)\""
    keep_secret "$(arn_of "$1")" "$file" "select(. != \"\") | $form" || return 1
  fi
  echo "$file"
}

# Standard input without the lines that hold a password of those files; read whole, as whoever writes it may make the files.
without_passwords() {
  local text
  text=$(cat)
  grep -vFf <(sed -n 's/^password = "\(..*\)"$/\1/p' /run/stretch/{admin,loader,operator}.conf 2>/dev/null) <<<"$text"
}

# The last line of standard input that says something, a tool's answer or its error; status 1 if none does.
last_line() { without_passwords | grep . | tail -n 1; }

# waiting REASON: says it when it is new, then pauses.
waited_for=
waiting() {
  if [[ $1 != "$waited_for" ]]; then
    log "waiting: $1"
    waited_for=$1
  fi
  sleep 5
}

# What Amazon Linux brings and other images lack: the aws command and the Session Manager agent.
aws_tools() {
  local arch
  arch=$(uname -m)
  if ! command -v aws >/dev/null; then
    retry "download of the AWS CLI" "Does this host reach awscli.amazonaws.com?" fetch "https://awscli.amazonaws.com/awscli-exe-linux-$arch.zip" /tmp/awscli.zip
    unzip -q -o /tmp/awscli.zip -d /tmp
    /tmp/aws/install --update
    rm -rf /tmp/aws /tmp/awscli.zip
  fi
  if ! systemctl cat amazon-ssm-agent.service >/dev/null 2>&1; then
    if [[ $arch == aarch64 ]]; then arch=arm64; else arch=amd64; fi
    retry "installation of the SSM agent" "Does this host reach S3 in its region?" dnf install -y \
      "https://s3.$REGION.amazonaws.com/amazon-ssm-$REGION/latest/linux_$arch/amazon-ssm-agent.rpm"
    systemctl enable --now amazon-ssm-agent.service
  fi
}
