import fc from "fast-check";
import { check } from "../../../lab/check/check";
import type { HistoryOperation } from "../../../lab/history";
import { Random } from "../../../rehearsal/cluster/random";
import { seeded } from "../../support/seed";
import { isLinearizable } from "./support/exact-search";
import { smallListHistory, smallRegisterHistory } from "./support/small-histories";

const HISTORIES = 50_000;

describe("the checker and an exact search", () => {
  test.each([
    ["registers, conditional writes and deletes", smallRegisterHistory],
    ["lists", smallListHistory],
  ])(`agree on ${HISTORIES} random histories of up to six operations: %s`, (_, generate) => {
    let [whole, wrong] = [0, 0];
    const agree = (seed: number) => {
      const history: HistoryOperation[] = generate(new Random(seed));
      const exact = isLinearizable(history);
      if (exact) whole++;
      else wrong++;
      return (check(history).findings.length === 0) === exact;
    };
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), agree), seeded(HISTORIES));
    expect(Math.min(whole, wrong)).toBeGreaterThan(HISTORIES / 10);
  });
});
