import { isStorable } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import { storedForm } from "./container";
import { Refused } from "./refused";

/** What a parameter may be: an integer, any value, or one that is stored. */
type Kind = "integer" | "count" | "value" | "stored";

/** The parameters of an operation, checked and read one after the other. Throws {@link Refused}. */
export class Parameters {
  private at = 0;

  constructor(private readonly values: readonly Value[]) {}

  /** Checks how many there are. */
  expect(least: number, most: number): this {
    if (this.values.length < least || this.values.length > most) throw new Refused(Result.parameter);
    return this;
  }

  /** An index, a rank, flags or a return type. @param fallback where it is left out */
  integer(fallback?: number): number {
    return Number(this.next("integer", fallback));
  }

  /** How many elements. @default all */
  count(): number {
    const count = Number(this.next("count", Number.MAX_SAFE_INTEGER));
    return count < 0 ? Number.MAX_SAFE_INTEGER : count;
  }

  /** A value to compare with; undefined where it is left out. */
  optional(): Value | undefined {
    return this.at < this.values.length ? this.value() : undefined;
  }

  /** A value to compare with: maps in it in the order of their keys. */
  value(): Value {
    return this.next("value");
  }

  /** A value to store. */
  stored(): Value {
    return this.next("stored");
  }

  private next(kind: Kind, fallback?: number): Value {
    const value = this.at < this.values.length ? this.values[this.at++] : fallback;
    if (value === undefined) throw new Refused(Result.parameter);
    if (kind === "integer" || kind === "count") {
      if (typeof value !== "number" && typeof value !== "bigint") throw new Refused(Result.parameter);
      return value;
    }
    if (kind === "stored" && !isStorable(value)) throw new Refused(Result.parameter);
    const form = storedForm(value);
    if (form === undefined) throw new Refused(Result.parameter);
    return form;
  }
}
