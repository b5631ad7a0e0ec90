/** An operation on a list or map that a server refuses. */
export class Refused extends Error {
  /** @param result the server's code */
  constructor(readonly result: number) {
    super(`refused with ${result}`);
  }
}
