import { judge, type Objective } from "../../../lab/run/verdict";

const objective = (kind: Objective["kind"], met: Objective["met"], name = "after.lost"): Objective => ({
  ...{ name, kind, met, target: "0", observed: met === "met" ? "0" : "3" },
});

describe("the verdict", () => {
  test("is pass where every objective is met", () => {
    expect(
      judge({ objectives: [objective("safety", "met"), objective("given", "met")], healed: true }),
    ).toEqual({
      verdict: "pass",
      exitCode: 0,
      reasons: [],
    });
  });

  test.each<[string, Parameters<typeof judge>[0], string, number]>([
    [
      "differs (4) where only the prediction was missed",
      { objectives: [objective("predicted", "missed")], healed: true },
      "differs",
      4,
    ],
    [
      "fail (1) where a safety objective was missed",
      { objectives: [objective("safety", "missed"), objective("predicted", "missed")], healed: true },
      "fail",
      1,
    ],
    [
      "fail (1) where a given objective was missed, though the run was aborted",
      {
        objectives: [objective("given", "missed")],
        healed: true,
        notProven: { kind: "aborted", reason: "Limit." },
      },
      "fail",
      1,
    ],
    [
      "not proven (3) where the run was not at its end",
      {
        objectives: [objective("predicted", "missed")],
        healed: true,
        notProven: { kind: "aborted", reason: "Limit." },
      },
      "aborted",
      3,
    ],
    [
      "not proven (3) where an objective could not be seen",
      { objectives: [objective("safety", "unproven")], healed: true },
      "unproven",
      3,
    ],
    [
      "not healed (5) whatever else holds",
      { objectives: [objective("safety", "missed")], healed: false, healReason: "two clusters" },
      "not-healed",
      5,
    ],
  ])("is %s", (_, findings, verdict, exitCode) => {
    const judged = judge(findings);
    expect(judged).toMatchObject({ verdict, exitCode });
    expect(judged.reasons.length).toBeGreaterThan(0);
  });

  test("says first that the network may still be cut", () => {
    const { reasons } = judge({
      objectives: [objective("safety", "missed")],
      healed: false,
      healReason: "two clusters",
    });
    expect(reasons[0]).toBe("The network may still be cut: two clusters.");
    expect(reasons[1]).toBe("after.lost: expected 0, observed 3.");
  });
});
