import { z } from "zod";

/** A number from `least` to `most`; a file's numbers may stand there as they were written. */
export function number(expected: string, least = 0, most = Number.MAX_VALUE): z.ZodType<number> {
  const error = { error: expected };
  return z
    .union(
      [
        z.number(error),
        z
          .string(error)
          .regex(/^\d+(\.\d+)?$/, expected)
          .transform(Number),
      ],
      error,
    )
    .refine((value) => value >= least && value <= most, expected) as z.ZodType<number>;
}

/** A whole number from `least` to `most`. */
export function whole(expected: string, least = 0, most = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  return number(expected, least, most).refine(
    (value) => Number.isInteger(value),
    expected,
  ) as z.ZodType<number>;
}
