import type { RoundTrips } from "../../model";
import type { StretchMetadata } from "../../modules/stack/stretch-metadata";
import type { Story } from "../../scenarios/story";
import { UsageError } from "../errors";
import type { Experiment } from "../experiment/experiment";
import { fieldName } from "../experiment/field";
import { story } from "../experiment/story-schema";
import { confsOf } from "./hosts";
import { clusterOf, type Stack } from "./stack";

/** A fault of a stack, with the Terraform variables that make and end it. */
export type StackFault = StretchMetadata["faults"][number];

/**
 * The experiment of a stack's cluster.
 *
 * @param clusterName needed where the stack has several
 * @throws UsageError where the stack has no such cluster, or a story that is none
 */
export function experimentOf(stack: Stack, clusterName?: string): Experiment {
  const cluster = clusterOf(stack, clusterName);
  const { metadata } = stack;
  const sides = new Map(cluster.hosts.map(({ name, vpc }) => [name, capitalised(vpc)]));
  const told = storyOf(stack);
  return {
    name: metadata.clusters.length === 1 ? stack.name : `${stack.name} ${cluster.id}`,
    topology: cluster.topology,
    // HCL has no texts of hosts to read.
    ...(stack.json && { confs: () => confsOf(stack, cluster) }),
    roundTrips: cluster.roundTrips satisfies RoundTrips,
    faults: Object.fromEntries(
      metadata.faults.map((fault) => [faultName(stack, fault), fault.clusters[cluster.id]]),
    ),
    ...(told && { story: told }),
    sideOf: ({ id }) => sides.get(id)!,
  };
}

/** What a fault goes by: its name, with its variable's where two switches have one of that name. */
export function faultName({ metadata: { faults } }: Stack, { name, variable }: StackFault): string {
  return faults.filter((other) => other.name === name).length > 1 ? `${variable}=${name}` : name;
}

function storyOf({ name, metadata }: Stack): Story | undefined {
  if (metadata.story === undefined) return undefined;
  const result = story.safeParse(metadata.story);
  if (result.success) return result.data as Story;
  const [{ path, message }] = result.error.issues;
  throw new UsageError(`The story of the stack "${name}" is none: ${fieldName(path)}: ${message}.`);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
