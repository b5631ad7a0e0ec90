import { memoryGib } from "../../../modules/hosts/instance-memory";

describe("the memory of an instance type", () => {
  // Amazon EC2 instance types (user guide), GiB.
  it.each([
    ["t3a.medium", 4],
    ["t4g.nano", 0.5],
    ["t2.2xlarge", 32],
    ["m7g.medium", 4],
    ["m6i.large", 8],
    ["c7gd.xlarge", 8],
    ["c5.24xlarge", 192],
    ["r6g.large", 16],
    ["r7iz.4xlarge", 128],
  ])("%s is %p GiB by its name", (type, gib) => {
    expect(memoryGib(type)).toBe(gib);
  });

  it.each(["i4i.large", "x2gd.medium", "z1d.large", "m5.metal", "big"])("%s does not tell it", (type) => {
    expect(memoryGib(type)).toBeUndefined();
  });
});
