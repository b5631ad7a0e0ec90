import { itemsOf, pairsOf } from "../values/order";
import { decodeValue, encodeValue, type OrderedMap, type Value } from "../wire/msgpack";
import { Code } from "./codes";
import { type Forms } from "./expression";
import { compareContainers } from "./order";
import { strict } from "./strict";
import { packed, Type, type Worth } from "./worth";

const inList = strict(
  2,
  ([, list]) => (list === Type.list ? Type.bool : undefined),
  (type) =>
    ([one, list]): Worth => {
      const wanted = decodeValue(packed(type, one)).value;
      for (const item of itemsOf(decodeValue(list as Buffer).value as Value[])) {
        const order = compareContainers(wanted, item);
        if (order === undefined) return undefined;
        if (order === 0) return true;
      }
      return false;
    },
);

/** A list of a half of each pair of a map; unknown of another than a map, which a server finds out only then. */
function ofPairs(half: 0 | 1) {
  return strict(
    1,
    () => Type.list,
    (type) =>
      ([map]): Worth =>
        type === Type.map
          ? encodeValue(pairsOf(decodeValue(map as Buffer).value as OrderedMap).map((pair) => pair[half]))
          : undefined,
  );
}

/** What is asked of a whole list or map without a call, by servers since 8.1.2. */
export const CONTAINERS: Forms = {
  [Code.inList]: inList,
  [Code.mapKeys]: ofPairs(0),
  [Code.mapValues]: ofPairs(1),
};
