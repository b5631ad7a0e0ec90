import * as v from "valibot";
import { ownPackage } from "../../modules/stack/own-package";
import {
  METADATA_VERSION,
  STRETCH_METADATA,
  type StretchMetadata,
} from "../../modules/stack/stretch-metadata";
import { UsageError } from "../errors";
import { didYouMean } from "../nearest";
import type { StackJson } from "../price/bill";
import { type AppStack, type CdktfApp, openApp, stackInFolder } from "./app";

/** A stack with the package's constructs in it. */
export interface Stack {
  readonly name: string;
  readonly metadata: StretchMetadata;
  /** The whole of it, as it was synthesised; undefined where it is HCL. */
  readonly json?: StackJson;
}

/** One of the clusters of a stack. */
export type StackCluster = StretchMetadata["clusters"][number];

/** Taken where no stack is named and the app has several. */
export const DEFAULT_STACK = "even-split";

/**
 * A stack of the app by name.
 *
 * @param name @default the only one with the package's constructs in it; even-split where there are several
 * @throws UsageError where there is no such stack, or it has none of the package's constructs
 */
export async function loadStack(name?: string, output?: string): Promise<Stack> {
  const app = await openApp(output);
  if (name === undefined) return onlyOne(app);
  if (!app.names.includes(name)) {
    throw new UsageError(
      `There is no stack "${name}": expected one of ${app.names.join(", ")}.${didYouMean(name, app.names)}`,
    );
  }
  const stack = checked(await app.stack(name));
  if (stack !== undefined) return stack;
  const others = (await ownStacks(app)).map((other) => other.name);
  throw new UsageError(
    `The stack "${name}" has nothing of ${ownPackage().name} in it: expected a stack with a StretchCluster, ` +
      `${others.length === 0 ? "and no stack of the app has one" : `one of ${others.join(", ")}`}. (Or it was synthesised by an older version.)`,
  );
}

/**
 * The stack whose configuration is in a folder; undefined where nothing there tells of one.
 *
 * @throws UsageError where it is of another version, or cannot be read
 */
export function stackOfFolder(folder: string): Stack | undefined {
  const stack = stackInFolder(folder);
  return stack && checked(stack);
}

/** All stacks of the app that have the package's constructs in them. */
export async function loadStacks(output?: string): Promise<Stack[]> {
  return ownStacks(await openApp(output));
}

/** Names of all stacks of the app. */
export async function stackNames(output?: string): Promise<readonly string[]> {
  return (await openApp(output)).names;
}

/**
 * The cluster of a stack.
 *
 * @param name its construct's path in the stack, or its cluster-name; needed where the stack has several
 * @throws UsageError where the stack has none of the name, or several and none is named
 */
export function clusterOf({ name: stack, metadata: { clusters } }: Stack, name?: string): StackCluster {
  const ids = clusters.map(({ id }) => id).join(", ");
  if (clusters.length === 0) {
    throw new UsageError(`The stack "${stack}" has no cluster: expected a StretchCluster in it.`);
  }
  if (name === undefined) {
    if (clusters.length === 1) return clusters[0];
    throw new UsageError(
      `The stack "${stack}" has ${clusters.length} clusters: name one with --cluster, one of ${ids}.`,
    );
  }
  const found = clusters.find(({ id, clusterName }) => id === name || clusterName === name);
  if (found) return found;
  throw new UsageError(`The stack "${stack}" has no cluster "${name}": expected one of ${ids}.`);
}

async function onlyOne(app: CdktfApp): Promise<Stack> {
  if (app.names.includes(DEFAULT_STACK))
    return checked(await app.stack(DEFAULT_STACK)) ?? loadStack(DEFAULT_STACK);
  const stacks = await ownStacks(app);
  if (stacks.length === 1) return stacks[0];
  throw new UsageError(
    stacks.length === 0
      ? `No stack of the app has anything of ${ownPackage().name} in it: expected one with a StretchCluster among ${app.names.join(", ")}.`
      : `No stack was named, and the app has several: expected one of ${stacks.map(({ name }) => name).join(", ")}.`,
  );
}

async function ownStacks(app: CdktfApp): Promise<Stack[]> {
  const stacks = await Promise.all(app.names.map((name) => app.stack(name)));
  return stacks.flatMap((stack) => checked(stack) ?? []);
}

/** A stack with its metadata checked; undefined where it has none. */
function checked({ name, metadata, json }: AppStack): Stack | undefined {
  if (metadata === undefined) return undefined;
  const { version } = metadata as { version?: unknown };
  if (version !== METADATA_VERSION) {
    throw new UsageError(
      `The stack "${name}" was synthesised by another version of ${ownPackage().name}, whose metadata have the version ${String(version)}: expected ${METADATA_VERSION}. ` +
        "Run the command of the version that the app imports (npx stretch in its folder).",
    );
  }
  const result = v.safeParse(STRETCH_METADATA, metadata);
  if (result.success) return { name, metadata: result.output, ...(json && { json }) };
  const [issue] = result.issues;
  throw new UsageError(
    `The metadata of the stack "${name}" are not as ${ownPackage().name} writes them: ${v.getDotPath(issue) ?? "they"}: ${issue.message}. Synthesise it anew.`,
  );
}
