import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { patient } from "./aws-clients";
import { awsFailure } from "./aws-failure";

const ARN = /^arn:aws[\w-]*:cloudwatch:([a-z0-9-]+):\d{12}:alarm:(.+)$/;
/** Milliseconds between two looks. */
const LOOK = 10_000;
/** So many looks in a row that fail leave a run without its stop condition. */
const BLIND = 3;

/** An alarm of CloudWatch that stops a run. */
export class Alarm {
  private timer: NodeJS.Timeout | undefined;
  private readonly region: string;
  private readonly name: string;
  private readonly cloudwatch: CloudWatchClient;

  /** @throws Error where the ARN is none of an alarm */
  constructor(
    private readonly arn: string,
    private readonly look = LOOK,
  ) {
    const [, region, name] = ARN.exec(arn) ?? [];
    if (name === undefined) {
      throw new Error(
        `"${arn}" is no alarm: expected arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME, as the console shows it.`,
      );
    }
    [this.region, this.name] = [region, name];
    this.cloudwatch = new CloudWatchClient(patient(region));
  }

  /** @throws Error where there is none, it is in alarm already, or AWS does not tell */
  async assertQuiet(): Promise<void> {
    const state = await this.state();
    if (state === undefined) throw new Error(`There is no alarm ${this.arn}. Nothing was broken.`);
    if (state === "ALARM") throw new Error(`The alarm ${this.name} is in alarm already. Nothing was broken.`);
  }

  /** Looks at it again and again. @param stop is told why the run has to stop, once */
  watch(stop: (reason: string) => void): void {
    let failed = 0;
    const again = (wait = this.look) => {
      this.timer = setTimeout(() => {
        this.state().then(
          (state) => {
            failed = 0;
            if (state === "ALARM")
              stop(`Stop condition: the alarm ${this.name} (${this.region}) is in alarm.`);
            else again();
          },
          (error: Error) => {
            if (++failed < BLIND) again();
            else stop(`Stop condition: the alarm ${this.name} cannot be read. ${error.message}`);
          },
        );
      }, wait);
    };
    // Minutes may have gone by since it was seen to be quiet.
    again(0);
  }

  close(): void {
    clearTimeout(this.timer);
    this.cloudwatch.destroy();
  }

  private async state(): Promise<string | undefined> {
    try {
      const { MetricAlarms = [], CompositeAlarms = [] } = await this.cloudwatch.send(
        new DescribeAlarmsCommand({
          AlarmNames: [this.name],
          AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        }),
      );
      return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue;
    } catch (error) {
      throw new Error(awsFailure(this.region, error), { cause: error });
    }
  }
}
