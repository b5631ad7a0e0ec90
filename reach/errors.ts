/** Network facts, or JSON of Terraform's, that cannot be used: what is wrong, the value, what was expected. */
export class ReachError extends Error {
  override readonly name = "ReachError";
}
