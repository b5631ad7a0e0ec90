/** What costs by the hour in one region. */
export interface RegionBill {
  readonly region: string;
  /** Instances by type. */
  readonly instances: Readonly<Record<string, number>>;
  /** GB of volumes by type. */
  readonly volumes: Readonly<Record<string, number>>;
  readonly publicIpv4: number;
  readonly natGateways: number;
  /** Interface endpoints, each counted in every zone that it is in. */
  readonly endpoints: number;
  /** Alarms of CloudWatch: each watches one metric. */
  readonly alarms: number;
}

type Attributes = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- synthesised JSON

/** A synthesised stack (`cdk.tf.json`). */
export interface StackJson {
  readonly provider?: { readonly aws?: readonly { readonly alias?: string; readonly region: string }[] };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
}

/** What a synthesised stack has that costs by the hour, by region. */
export function billOf({ provider, resource = {} }: StackJson): RegionBill[] {
  const ofType = (type: string): Attributes[] => Object.values(resource[type] ?? {});
  const publicSubnets = new Set(
    Object.entries(resource.aws_subnet ?? {})
      .filter(([, subnet]) => subnet.map_public_ip_on_launch === true)
      .map(([id]) => `\${aws_subnet.${id}.id}`),
  );
  return (provider?.aws ?? []).map(({ alias, region }) => {
    const here = (type: string) =>
      ofType(type).filter((made) => made.provider === (alias === undefined ? "aws" : `aws.${alias}`));
    const hosts = here("aws_instance");
    const volumes = hosts.flatMap((host) => [host.root_block_device, ...(host.ebs_block_device ?? [])]);
    return {
      region,
      instances: sums(hosts.map((host) => [host.instance_type, 1])),
      volumes: sums(volumes.map((volume) => [volume.volume_type, volume.volume_size])),
      publicIpv4: hosts.filter((host) => publicSubnets.has(host.subnet_id)).length + here("aws_eip").length,
      natGateways: here("aws_nat_gateway").length,
      endpoints: here("aws_vpc_endpoint")
        .filter((endpoint) => endpoint.vpc_endpoint_type === "Interface")
        .reduce((sum, endpoint) => sum + endpoint.subnet_ids.length, 0),
      alarms: here("aws_cloudwatch_metric_alarm").length,
    };
  });
}

function sums(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, amount] of entries) total[name] = (total[name] ?? 0) + amount;
  return total;
}
