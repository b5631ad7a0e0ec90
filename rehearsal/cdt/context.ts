import { compareValues, isStorable } from "../values/order";
import { Result } from "../wire/codes";
import type { Value } from "../wire/msgpack";
import {
  closeContainer,
  type Container,
  emptyContainer,
  isContainer,
  isOrdered,
  type KeyedMap,
  type List,
  openContainer,
  Order,
  padTo,
  placeOfKey,
  sortedByKey,
  storedForm,
} from "./container";
import { byRank as listByRank, byValue as listByValue } from "./pick-list";
import { byRank as mapByRank, byValue as mapByValue } from "./pick-map";
import { Refused } from "./refused";
import { Return, within } from "./selection";

/** A step down: how it is chosen (bits 0 to 3), in what (bits 4, 5), and what is made where it is missing (bits 6 to 8). */
const Step = { index: 0, rank: 1, key: 2, value: 3 } as const;
const HOW = 0x0f;
const LIST = 0x10;
const MAP = 0x20;
const CREATE = 0xc0;
const PERSIST = 0x100;
/** What a list is made as, where it is missing: its elements before the index are nil, or it is ordered. */
const UNBOUND = 0x80;
const ORDERED_LIST = 0xc0;
/** What a map is made as. */
const MAP_FLAGS: Readonly<Record<number, number>> = {
  0: 0,
  0x40: 0,
  0x80: Order.ordered,
  0xc0: Order.ordered | Order.byValue,
};

const ONE = { type: Return.value, inverted: false, multi: false } as const;

/** The way from a bin's value down to what an operation of a nested context is about. */
export class Path {
  private readonly stops: { readonly container: Container; readonly slot: number }[] = [];
  /** What stands at the end; undefined where it is missing, and made by an operation that changes. */
  end: Value | undefined;

  /**
   * @param root the bin's value
   * @param steps type and value of each step
   * @throws Refused where there is no such way
   */
  constructor(root: Value | undefined, steps: readonly Value[], modify: boolean) {
    if (steps.length === 0 || steps.length % 2 === 1) throw new Refused(Result.parameter);
    if (root !== undefined && !isContainer(root)) throw new Refused(Result.parameter);
    this.end = root;
    for (let i = 0; i < steps.length; i += 2) this.goDown(steps[i], steps[i + 1], modify, i === 0);
  }

  private goDown(type: Value, at: Value, modify: boolean, isTop: boolean): void {
    if (typeof type !== "number") throw new Refused(Result.parameter);
    if (isTop && this.end === undefined && (type & CREATE) === 0) refuse();
    const makes = (type & (CREATE | PERSIST)) !== 0;
    if ((type & HOW) > Step.value || (makes && (type & (LIST | MAP)) === 0)) refuse();
    const container = this.end === undefined ? made(type, at, isTop) : openContainer(this.end);
    if (
      !container ||
      (type & MAP && container.kind === "list") ||
      (type & LIST && container.kind === "map")
    ) {
      return refuse();
    }
    const found = container.kind === "list" ? inList(container, type, at) : inMap(container, type, at);
    if (found === undefined && !(this.end === undefined || (modify && type & CREATE))) refuse();
    const slot = found ?? room(container, type, at);
    this.stops.push({ container, slot });
    if (found === undefined) this.end = undefined;
    else this.end = container.kind === "list" ? container.items[slot] : container.pairs[slot][1];
  }

  /** The bin's value with another at the end: ordered lists on the way are put in order again. */
  withEnd(end: Value): Value {
    return this.stops.reduceRight((value, { container, slot }) => {
      if (container.kind === "map") container.pairs[slot][1] = value;
      else {
        container.items[slot] = value;
        if (isOrdered(container)) container.items.sort(compareValues);
      }
      return closeContainer(container);
    }, end);
  }
}

function refuse(): never {
  throw new Refused(Result.opNotApplicable);
}

/** The list or map that a step makes to go on in. */
function made(type: number, at: Value, isTop: boolean): Container {
  if (type & PERSIST && !isTop) refuse();
  if ((type & (HOW | LIST | MAP)) === (Step.key | MAP)) {
    return emptyContainer("map", MAP_FLAGS[type & CREATE]);
  }
  if ((type & (HOW | LIST | MAP)) !== (Step.index | LIST) || typeof at !== "number" || at < -1)
    return refuse();
  return emptyContainer("list", (type & CREATE) === ORDERED_LIST ? Order.ordered : 0);
}

/** Where a list has what a step names. */
function inList(list: List, type: number, at: Value): number | undefined {
  const how = type & HOW;
  if (how === Step.key) return refuse();
  if (how === Step.value) return listByValue(list, ONE, checked(at)).positions[0] ?? refuse();
  if (typeof at !== "number") return refuse();
  if (how === Step.rank) return listByRank(list, ONE, at, 1).positions[0];
  const place = at < 0 ? at + list.items.length : at;
  return place >= 0 && place < list.items.length ? place : undefined;
}

/** Where a map has what a step names. */
function inMap(map: KeyedMap, type: number, at: Value): number | undefined {
  const how = type & HOW;
  if (how === Step.value) return mapByValue(map, ONE, checked(at)).positions[0] ?? refuse();
  if (how === Step.key) {
    const place = placeOfKey(map.pairs, checked(at));
    return place < 0 ? undefined : place;
  }
  if (typeof at !== "number") return refuse();
  return how === Step.rank
    ? mapByRank(map, ONE, at, 1).positions[0]
    : within(at, 1, map.pairs.length, false)[0];
}

/** Makes room for a missing element, and says where. */
function room(container: Container, type: number, at: Value): number {
  if (container.kind === "map") {
    if ((type & HOW) !== Step.key || !isStorable(at)) return refuse();
    const pair: [Value, Value] = [checked(at), null];
    container.pairs.push(pair);
    sortedByKey(container.pairs);
    return container.pairs.indexOf(pair);
  }
  const size = container.items.length;
  if ((type & HOW) !== Step.index || typeof at !== "number") return refuse();
  const place = at === -1 && size === 0 ? 0 : at;
  if (place < size) return refuse();
  if (place > size && !isOrdered(container)) {
    if ((type & CREATE) !== UNBOUND) return refuse();
    padTo(container.items, place);
  }
  return container.items.push(null) - 1;
}

function checked(value: Value): Value {
  return storedForm(value) ?? refuse();
}
