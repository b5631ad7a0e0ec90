import { App, type Precondition, type TerraformResource, type TerraformResourceLifecycle } from "cdktf";

/** Lifecycles with preconditions, as they were meant. */
const MEANT = new WeakMap<TerraformResource, TerraformResourceLifecycle>();

/**
 * Makes Terraform refuse a plan unless a condition holds.
 * @param resource one that is always there; it carries the condition
 */
export function addPrecondition(resource: TerraformResource, precondition: Precondition): void {
  const lifecycle = MEANT.get(resource) ?? resource.lifecycle;
  const meant = { ...lifecycle, precondition: [...(lifecycle?.precondition ?? []), precondition] };
  MEANT.set(resource, meant);
  resource.lifecycle = App.of(resource).hclOutput ? inHcl(meant) : meant;
}

/** cdktf writes preconditions into HCL as an attribute, which Terraform refuses; told in its own way, as blocks. */
function inHcl(lifecycle: TerraformResourceLifecycle): TerraformResourceLifecycle {
  const block = (value: unknown) => ({ value, isBlock: true, type: "list", storageClassType: "objectList" });
  return block({ ...lifecycle, precondition: block(lifecycle.precondition) }) as TerraformResourceLifecycle;
}
