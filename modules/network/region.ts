import { InputError } from "../stack/errors";

/** AWS's form of a region's name: `eu-west-2`, `us-gov-west-1`. */
export const REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d{1,2}$/;

/**
 * Regions whose zones a, b and c are open to every account. Elsewhere a letter may be missing for an account
 * (ap-northeast-1b, us-west-1), so the zones must be given.
 */
const REGIONS_WITH_ABC = [
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-2",
];

/** @throws InputError if it is not in AWS's form. */
export function assertRegion(region: string): void {
  if (!REGION.test(region)) {
    throw new InputError({
      problem: "region is not an AWS region",
      value: region,
      expected: "a region's code such as eu-west-2",
      mend: "See `aws ec2 describe-regions`.",
    });
  }
}

/**
 * Letters of the availability zones, sorted. A zone is given by name (`eu-west-2a`) or by its letter (`a`).
 * @throws InputError if a zone lies outside the region, is given twice, or none is given where a, b, c are not sure.
 */
export function zoneLetters(region: string, zones?: readonly string[]): string[] {
  if (zones === undefined) {
    if (REGIONS_WITH_ABC.includes(region)) return ["a", "b", "c"];
    throw new InputError({
      problem: "zones are not given",
      value: region,
      expected: "zones, as a, b and c are not known to be open to every account in this region",
      mend: `Give them, for example zones: ["${region}a", "${region}c"]; \`aws ec2 describe-availability-zones --region ${region}\` lists yours.`,
    });
  }
  const letters = zones.map((zone) => {
    const letter = zone.startsWith(region) ? zone.slice(region.length) : zone;
    if (!/^[a-h]$/.test(letter)) {
      throw new InputError({
        problem: `zone is not an availability zone of ${region}`,
        value: zone,
        expected: `a name such as ${region}a, or its letter a to h`,
        mend: "Name a zone of the VPC's own region.",
      });
    }
    return letter;
  });
  if (letters.length === 0 || new Set(letters).size < letters.length) {
    throw new InputError({
      problem: "zones are empty or repeat",
      value: zones,
      expected: "one or more different zones",
      mend: "Name each zone once.",
    });
  }
  return letters.sort();
}

/** AWS partition of a region, the second part of every ARN there. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
