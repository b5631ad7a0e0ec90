import { z } from "zod";

/** A node id as a file writes it. */
export const idAsWritten = z
  .string({ error: "expected a node id" })
  .regex(/^0*[1-9A-Fa-f][0-9A-Fa-f]{0,15}$/, "expected a node id: 1 to 16 hexadecimal digits, such as A352");

/** A node id, as {@link idOf} tells it. */
export const nodeId = idAsWritten.transform(idOf);

/** A node id without leading zeros, in upper case. */
export function idOf(written: string): string {
  return written.replace(/^0+/, "").toUpperCase();
}
