import {
  App,
  type Postcondition,
  type Precondition,
  type TerraformResource,
  type TerraformResourceLifecycle,
} from "cdktf";

/** Lifecycles with conditions, as they were meant. */
const MEANT = new WeakMap<TerraformResource, TerraformResourceLifecycle>();

/**
 * Makes Terraform refuse a plan unless a condition holds.
 * @param resource one that is always there; it carries the condition
 */
export function addPrecondition(resource: TerraformResource, precondition: Precondition): void {
  addTo(resource, "precondition", precondition);
}

/** The same, of what the resource itself then is (`self`): what depends on it is not made either. */
export function addPostcondition(resource: TerraformResource, postcondition: Postcondition): void {
  addTo(resource, "postcondition", postcondition);
}

function addTo(
  resource: TerraformResource,
  kind: "precondition" | "postcondition",
  condition: Precondition,
): void {
  const lifecycle = MEANT.get(resource) ?? resource.lifecycle;
  const meant = { ...lifecycle, [kind]: [...(lifecycle?.[kind] ?? []), condition] };
  MEANT.set(resource, meant);
  resource.lifecycle = App.of(resource).hclOutput ? inHcl(meant) : meant;
}

/** cdktf writes conditions into HCL as attributes, which Terraform refuses; told in its own way, as blocks. */
function inHcl({
  precondition,
  postcondition,
  ...rest
}: TerraformResourceLifecycle): TerraformResourceLifecycle {
  const block = (value: unknown) => ({ value, isBlock: true, type: "list", storageClassType: "objectList" });
  return block({
    ...rest,
    ...(precondition && { precondition: block(precondition) }),
    ...(postcondition && { postcondition: block(postcondition) }),
  }) as TerraformResourceLifecycle;
}
