/** Input that the model refuses: what is wrong, the value, what was expected and how to mend it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
