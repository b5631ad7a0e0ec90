/** Names of settings and their values, in order; a name may stand there more than once (`heartbeat.mesh-seed-address-port`). */
export type Layer = readonly (readonly [name: string, value: string | number | boolean])[];

/** Settings of one context of a server (`service`, `network`, a namespace), as `get-config` names them. */
export class Settings {
  private readonly values = new Map<string, readonly string[]>();
  /** Numbers among them, as they are asked for: each write asks for some. */
  private readonly numbers = new Map<string, number>();

  /** @param layers each takes the place of what those before it say of a name */
  constructor(...layers: readonly Layer[]) {
    for (const layer of layers) {
      const own = new Map<string, string[]>();
      for (const [name, value] of layer) own.set(name, [...(own.get(name) ?? []), String(value)]);
      for (const [name, values] of own) this.values.set(name, values);
    }
  }

  /** The value of a setting; "" where there is none. */
  text(name: string): string {
    return this.values.get(name)?.[0] ?? "";
  }

  /** The value of a setting that is a number; 0 where there is none. */
  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) this.numbers.set(name, (number = Number(this.text(name))));
    return number;
  }

  /** Whether a setting is `true`. */
  flag(name: string): boolean {
    return this.text(name) === "true";
  }

  set(name: string, value: string): void {
    this.values.set(name, [value]);
    this.numbers.delete(name);
  }

  remove(name: string): void {
    this.values.delete(name);
  }

  /** `a=1;b=2`, as `get-config` answers. */
  pairs(): string {
    return [...this.values].flatMap(([name, all]) => all.map((value) => `${name}=${value}`)).join(";");
  }
}
