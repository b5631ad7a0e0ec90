/**
 * JSON for an attribute of Terraform's. Over several lines: of a one-line text with an expression in it `cdktf synth
 * --hcl` leaves the quotation marks as they are, which is no HCL; a longer one becomes a heredoc.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
