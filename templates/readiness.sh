#!/usr/bin/env bash
# Run by terraform apply on the operator's machine: waits until the cluster answers with all its nodes. The question is
# asked on a node itself, through SSM. Needs REGION, INSTANCE, NODES, TIMEOUT_MINUTES and the AWS CLI.
set -u
question="/opt/stretch/bin/asinfo -v 'cluster-stable:size=$NODES;ignore-migrations=yes' 2>&1"
deadline=$((SECONDS + TIMEOUT_MINUTES * 60))
answer="nothing asked yet"
while [ "$SECONDS" -lt "$deadline" ]; do
  if id=$(aws ssm send-command --region "$REGION" --instance-ids "$INSTANCE" --document-name AWS-RunShellScript \
    --parameters "commands=[\"$question\"]" --query Command.CommandId --output text 2>&1); then
    aws ssm wait command-executed --region "$REGION" --instance-id "$INSTANCE" --command-id "$id" >/dev/null 2>&1
    answer=$(aws ssm get-command-invocation --region "$REGION" --instance-id "$INSTANCE" --command-id "$id" \
      --query StandardOutputContent --output text 2>&1)
    # A cluster key: hexadecimal digits alone.
    if printf %s "$answer" | grep -Eqx '[0-9A-F]{1,16}'; then
      echo "the cluster answers with all its $NODES nodes (cluster key $answer)"
      exit 0
    fi
  else
    answer=$id
  fi
  echo "waiting for $NODES nodes; $INSTANCE in $REGION says: $answer"
  sleep 10
done
echo "the cluster did not answer with all its $NODES nodes within $TIMEOUT_MINUTES minutes; $INSTANCE in $REGION said last: $answer" >&2
echo "Look there: aws ssm start-session --region $REGION --target $INSTANCE, then systemctl status 'stretch-*' aerospike" >&2
exit 1
