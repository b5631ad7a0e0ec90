interface CheckovException {
  readonly id: string;
  /** Addresses of the resources that it holds for. */
  readonly on: RegExp;
  readonly reason: string;
}

const BASELINE = /^aws_network_acl_rule\..*_allow-(in|out)_/;
const BASELINE_REASON =
  "the baseline of every ACL lets all in and out: a narrower one breaks replies to ephemeral ports, security groups do " +
  "the restricting, and a cut denies above it";
const RESULTS = /^aws_s3_bucket\.results_/;
const RESULTS_REASON =
  "results of one experiment, removed with its stack, written and read by its own hosts only";
const RECORD = /^aws_ssm_parameter\.faults-/;
const RECORD_REASON =
  "what faults may do, to be read by whoever heals, whatever keys they may use: nothing secret";

/** What checkov finds in the scenarios and why it stays. */
export const CHECKOV_EXCEPTIONS: readonly CheckovException[] = [
  {
    id: "CKV2_AWS_1",
    on: /^aws_network_acl\./,
    reason: "each is attached, by an aws_network_acl_association, which the check does not follow in a plan",
  },
  {
    id: "CKV2_AWS_11",
    on: /^aws_vpc\./,
    reason:
      "flow logs cost more than they tell of an experiment of some hours; a VPC to stay is the user's own to log",
  },
  { id: "CKV2_AWS_61", on: RESULTS, reason: RESULTS_REASON },
  { id: "CKV2_AWS_62", on: RESULTS, reason: RESULTS_REASON },
  { id: "CKV_AWS_144", on: RESULTS, reason: RESULTS_REASON },
  { id: "CKV_AWS_18", on: RESULTS, reason: RESULTS_REASON },
  { id: "CKV_AWS_21", on: RESULTS, reason: RESULTS_REASON },
  {
    id: "CKV_AWS_126",
    on: /^aws_instance\./,
    reason: "detailed monitoring costs, and nothing here reads it",
  },
  {
    id: "CKV_AWS_130",
    on: /^aws_subnet\./,
    reason:
      "hosts reach out for packages by a public address, as in the article; no security group lets anybody in by it",
  },
  {
    id: "CKV_AWS_135",
    on: /^aws_instance\./,
    reason:
      "instance types of the Nitro system always are EBS-optimised, and older ones refuse the attribute",
  },
  { id: "CKV_AWS_229", on: BASELINE, reason: BASELINE_REASON },
  { id: "CKV_AWS_230", on: BASELINE, reason: BASELINE_REASON },
  { id: "CKV_AWS_231", on: BASELINE, reason: BASELINE_REASON },
  { id: "CKV_AWS_232", on: BASELINE, reason: BASELINE_REASON },
  { id: "CKV_AWS_352", on: BASELINE, reason: BASELINE_REASON },
  { id: "CKV2_AWS_34", on: RECORD, reason: RECORD_REASON },
  {
    id: "CKV_AWS_297",
    on: /^aws_scheduler_schedule\./,
    reason: "the ends of faults are no secret, and a key that is gone must never keep one from ending",
  },
  {
    id: "CKV_AWS_352",
    on: /^aws_network_acl_rule\..*-from-/,
    reason: "a cut denies, on every port; the check takes any rule for an allow",
  },
];
