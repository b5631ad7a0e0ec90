/** What was asked for cannot be done as asked: the message says what was expected. */
export class RefusedError extends Error {}
