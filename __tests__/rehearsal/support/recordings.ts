import { PARTITIONS } from "../../../model";
import { gzippedFixture } from "../../support/fixture-files";

/** One frame of a recording: info as text, message as hexadecimal with its protocol header. */
export interface RecordedFrame {
  readonly conn: number;
  readonly dir: "request" | "response";
  readonly info?: string;
  readonly hex?: string;
}

export interface RecordedStep {
  readonly step: string;
  readonly client?: { readonly ok: boolean; readonly code?: number };
  readonly frames: readonly RecordedFrame[];
}

function recording<T>(name: string): T {
  return gzippedFixture(`recordings/${name}`);
}

export const nodeClientSteps = (): readonly RecordedStep[] => steps("node-client");

export const pythonClientSteps = (): readonly RecordedStep[] => steps("python-client");

function steps(name: string): readonly RecordedStep[] {
  return recording<{ steps: RecordedStep[] }>(name).steps.map((step) => ({
    ...step,
    frames: step.frames.map((frame) =>
      frame.hex === undefined ? frame : { ...frame, hex: whole(frame.hex) },
    ),
  }));
}

/** Frames over 1 KiB were recorded cut: what is missing is a list of all partitions (the last field), or zeros of a blob. */
function whole(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  const out = Buffer.alloc(8 + bytes.readUIntBE(2, 6));
  bytes.copy(out);
  const partitions = bytes.indexOf(Buffer.from("000020010b", "hex"));
  if (out.length > bytes.length && partitions >= 0) {
    for (let pid = 0; pid < PARTITIONS; pid++) out.writeUInt16LE(pid, partitions + 5 + 2 * pid);
  }
  return out.toString("hex");
}

export const malformedCases = (): Record<string, { request: string; response: string; then: string }> =>
  recording<{ cases: Record<string, { request: string; response: string; then: string }> }>("malformed")
    .cases;

export const infoOfSixNodes = (): Record<string, Record<string, string>> =>
  recording<{ nodes: Record<string, Record<string, string>> }>("info-six-nodes").nodes;

export const asadmAsks = (): readonly {
  command: string;
  asks: readonly { info?: string; answer?: string; message?: string }[];
}[] =>
  recording<{
    commands: { command: string; asks: { info?: string; answer?: string; message?: string }[] }[];
  }>("asadm").commands;
