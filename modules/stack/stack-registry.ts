import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

interface Entries<T> {
  readonly made: T[];
  readonly visitors: ((construct: T) => void)[];
}

/** Constructs of one kind, by stack: who looks for them finds those made later too, so that no order of making matters. */
export class StackRegistry<T extends IConstruct> {
  private readonly stacks = new WeakMap<TerraformStack, Entries<T>>();

  /** A construct tells that it is made. */
  add(construct: T): void {
    const { made, visitors } = this.entries(construct);
    made.push(construct);
    for (const visit of visitors) visit(construct);
  }

  /** Those made so far in the stack of a construct. */
  inStackOf(scope: IConstruct): readonly T[] {
    return this.entries(scope).made;
  }

  /** Calls back for every one in the stack of a construct, those made later too. */
  forEachInStackOf(scope: IConstruct, visit: (construct: T) => void): void {
    const { made, visitors } = this.entries(scope);
    made.forEach(visit);
    visitors.push(visit);
  }

  private entries(scope: IConstruct): Entries<T> {
    const stack = TerraformStack.of(scope);
    const entries = this.stacks.get(stack) ?? { made: [], visitors: [] };
    this.stacks.set(stack, entries);
    return entries;
  }
}
