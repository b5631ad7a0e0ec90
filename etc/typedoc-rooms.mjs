import { CommentTag, Comment, Converter } from "typedoc";

/** Groups of the reference: the rooms of modules/, and the model for its plain data. */
const GROUPS = {
  network: "Network",
  cluster: "Cluster",
  hosts: "Hosts",
  faults: "Faults",
  stack: "Stack",
  model: "Model",
};

/** A typedoc plugin: every name is grouped by the folder that it comes from. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.children ?? []) {
      const file = project.getSymbolIdFromReflection(reflection)?.fileName ?? "";
      const group = GROUPS[file.split("/").at(-2)];
      if (group === undefined) throw new Error(`${reflection.name} is of no group: ${file}`);
      for (const documented of [reflection, ...(reflection.signatures ?? [])]) {
        documented.comment ??= new Comment();
        documented.comment.blockTags.push(new CommentTag("@group", [{ kind: "text", text: group }]));
      }
    }
  });
}
