import { combined, halves, NO_FAULT } from "../../model";

describe("faults together", () => {
  it("are no fault where there is none", () => {
    expect(combined([])).toEqual(NO_FAULT);
    expect(combined([NO_FAULT, NO_FAULT])).toEqual(NO_FAULT);
  });

  it("cut, refuse and note what each does, nothing twice", () => {
    const split = { ...halves(["A1"], ["B1"]), refuses: { london: ["B1"] }, notes: ["one"] };
    const other = { ...halves(["A1"], ["B1", "C1"]), refuses: { london: ["B1", "C1"] }, notes: ["two"] };
    expect(combined([split, other])).toEqual({
      cannotHear: { A1: ["B1", "C1"], B1: ["A1"], C1: ["A1"] },
      refuses: { london: ["B1", "C1"] },
      notes: ["one", "two"],
    });
  });

  it("end only by hand where one of them does", () => {
    const manual = { ...NO_FAULT, endsOnlyByHand: "its routes must be made again" };
    expect(combined([halves(["A1"], ["B1"]), manual]).endsOnlyByHand).toBe("its routes must be made again");
  });

  it("take from clients what each takes", () => {
    const from = (...ids: string[]) => ({ ...NO_FAULT, clientsLose: { paris: ids } });
    expect(combined([from("A1"), NO_FAULT, from("A1", "B1")]).clientsLose).toEqual({ paris: ["A1", "B1"] });
  });
});
