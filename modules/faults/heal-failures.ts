import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Construct } from "constructs";
import { NAME_PREFIX } from "../stack/name-prefix";

/** The longest that SQS keeps a message, s: 14 days. */
const RETENTION = 14 * 24 * 3600;
const PERIOD = 60;

/**
 * Where a region's timer leaves the calls that it could not make, with the error, and the alarm that says so. A call that
 * is refused comes at once, one that is throttled when EventBridge Scheduler has tried for a day.
 */
export class HealFailures extends Construct {
  /** The dead-letter queue, encrypted with SQS's own key. */
  readonly queue: SqsQueue;

  /** @param what whose failures: part of the alarm's description and the queue's tag Name */
  constructor(scope: Construct, id: string, { provider, what }: { provider: AwsProvider; what: string }) {
    super(scope, id);
    const tags = { Name: what };
    this.queue = new SqsQueue(this, "queue", {
      provider,
      namePrefix: NAME_PREFIX,
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: RETENTION,
      tags,
    });
    new CloudwatchMetricAlarm(this, "alarm", {
      provider,
      // An alarm has no name prefix: the queue's name is unique.
      alarmName: `${this.queue.name}-failed`,
      alarmDescription: `A schedule of ${what} could not end its fault: the queue's message says why. fault=none ends it.`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: this.queue.name },
      statistic: "Maximum",
      period: PERIOD,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      treatMissingData: "notBreaching",
      tags,
    });
  }
}
