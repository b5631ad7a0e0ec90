import type { HostFiles } from "../../modules";
import { withStack } from "./stack";

/** A host with what lands on it; what only Terraform knows stands there as its expression. */
export interface RenderedHost extends Pick<HostFiles, "files" | "userData"> {
  /** A node's id, or a client host's name. */
  readonly name: string;
}

/**
 * What lands on every host of a scenario.
 *
 * @throws UsageError where no scenario has the name.
 */
export async function loadHosts(name: string): Promise<RenderedHost[]> {
  const { ClientHost } = await import("../../modules");
  const { DefaultTokenResolver, StringConcat, Tokenization } = await import("cdktf");
  const resolver = new DefaultTokenResolver(new StringConcat());
  return withStack(name, (scope) => {
    const clients = scope.node.findAll().filter((c) => c instanceof ClientHost);
    return [
      ...scope.clusters.flatMap(({ nodes }) =>
        nodes.map(({ nodeId, files }) => ({ name: nodeId, ...files })),
      ),
      ...clients.map(({ node, files }) => ({ name: node.id, ...files })),
    ].map(({ name, files, userData }) =>
      Tokenization.resolve({ name, files, userData }, { scope, resolver, preparing: false }),
    );
  });
}
