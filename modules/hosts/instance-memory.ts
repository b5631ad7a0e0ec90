import { InputError } from "../stack/errors";
import type { ResolvedSettings } from "./aerospike-settings";

/** What the system, the server and its index need beside the data, GiB. */
const OVERHEAD_GIB = 0.5;
/** Memory of the burstable families' sizes (t2 to t4g), GiB. */
const BURSTABLE: Readonly<Record<string, number>> = {
  ...{ nano: 0.5, micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, "2xlarge": 32 },
};
/** GiB a vCPU of the families for compute, general use and memory; others are not known here. */
const GIB_A_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** Memory of an EC2 instance type, GiB, from its name; undefined where the name does not tell. */
export function memoryGib(instanceType: string): number | undefined {
  const [, kind, size] = /^([a-z]+)\d+[a-z-]*\.([a-z0-9]+)$/.exec(instanceType) ?? [];
  if (kind === "t") return BURSTABLE[size];
  const vcpus = ({ medium: 1, large: 2, xlarge: 4 } as Record<string, number>)[size];
  const [, times] = /^(\d+)xlarge$/.exec(size ?? "") ?? [];
  const all = times === undefined ? vcpus : 4 * Number(times);
  return all === undefined || GIB_A_VCPU[kind] === undefined ? undefined : all * GIB_A_VCPU[kind];
}

/**
 * A host that has less memory than its server fills.
 * @throws InputError where that is known of the instance type
 */
export function assertMemory(instanceType: string, { storage }: ResolvedSettings): void {
  const memory = memoryGib(instanceType);
  const inMemory = storage.engine === "memory";
  const data = inMemory ? storage.filesizeGib : storage.postWriteCacheMib / 1024;
  if (memory === undefined || data + OVERHEAD_GIB <= memory) return;
  throw new InputError({
    problem: `instanceType has less memory than the server needs: ${memory} GiB`,
    value: instanceType,
    expected: `${data + OVERHEAD_GIB} GiB or more: ${data} of ${inMemory ? "storage.filesizeGib" : "storage.postWriteCacheMib"} and ${OVERHEAD_GIB} of the system's and the server's own`,
    mend: `Choose a larger instance type, or lower ${inMemory ? "storage.filesizeGib" : "storage.postWriteCacheMib"}.`,
  });
}
