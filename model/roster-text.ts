/** A node as the roster writes it: `A352@32`, in rack 0 the bare id. */
export function rosterName(nodeId: string, rackId: number): string {
  return rackId === 0 ? nodeId : `${nodeId}@${rackId}`;
}
