import type { CannotHear } from "../../../model";

type Ids = readonly string[];

/**
 * Who is in a cluster and who is an orphan, by the lines of the specification's section 3 ("members and orphans") read plainly,
 * with nothing of the model's: lists of ids, everything looked at anew. A line that changed something ends the round; of
 * several clusters the one of the lowest principal looks for one to join first, the one of the highest takes orphans first.
 */
export class PlainMembership {
  clusters: string[][];
  private readonly up: string[];

  constructor(
    ids: Ids,
    private readonly cannotHear: CannotHear,
    now: readonly Ids[] = [ids],
    private readonly least = 1,
  ) {
    this.up = ids.filter((id) => !cannotHear[id]?.includes(id));
    this.clusters = now
      .map((members) => members.filter((id) => this.up.includes(id)))
      .filter((members) => members.length > 0);
  }

  /** Rounds until nothing changes or a state returns (lines 7 and 8). */
  settle(): { clusters: string[][]; orphans: string[]; flaps: boolean } {
    const states: string[][][] = [];
    const text = (clusters: readonly Ids[]) => JSON.stringify(clusters.map((one) => [...one].sort()).sort());
    while (!states.some((state) => text(state) === text(this.clusters))) {
      states.push(this.clusters);
      this.round();
    }
    const loop = states.slice(states.findIndex((state) => text(state) === text(this.clusters)));
    const clusters: string[][] = [];
    for (const one of loop.flat()) {
      if (!clusters.flat().some((id) => one.includes(id))) clusters.push(one);
    }
    const orphans = this.up.filter((id) => !clusters.flat().includes(id));
    return { clusters, orphans, flaps: loop.length > 1 };
  }

  private round(): void {
    const text = () => JSON.stringify(this.clusters.map(sorted).sort(byPrincipal));
    const before = text();
    for (const line of [this.shrink, this.moveAway, this.join, this.form]) {
      this.clusters = [...this.clusters].sort(byPrincipal);
      line.call(this);
      if (text() !== before) return;
    }
  }

  /** Line 3. */
  private shrink(): void {
    this.clusters = this.clusters
      .map((members) => this.clique(principal(members), members))
      .filter((members) => members.length >= this.least);
  }

  /** Line 4. */
  private moveAway(): void {
    this.clusters = this.clusters.filter((members) => {
      const head = principal(members);
      const others = members.filter((id) => id !== head);
      return others.length === 0 || others.some((id) => this.clique(id, this.up).includes(head));
    });
  }

  /** Line 5. */
  private join(): void {
    const clusters = this.clusters.map((members) => [...members]);
    const grown = new Set<string[]>();
    for (const own of this.clusters.map((_, i) => clusters[clusters.length - 1 - i])) {
      const into = clusters.find(
        (other) =>
          other.length > 0 &&
          own.length > 0 &&
          higher(principal(other), principal(own)) &&
          this.linked(principal(other), principal(this.clusters[clusters.indexOf(own)])) &&
          own.every((a) => other.every((b) => this.linked(a, b))),
      );
      if (!into) continue;
      into.push(...own.splice(0));
      grown.add(into);
    }
    const orphans = new Set(this.orphans());
    for (const members of clusters) {
      if (members.length === 0 || grown.has(members)) continue;
      const near = [...orphans].filter((id) => members.some((member) => this.linked(id, member)));
      const taken = this.clique(principal(members), [...members, ...near]);
      for (const id of members) orphans.add(id);
      for (const id of taken) orphans.delete(id);
      members.splice(0, members.length, ...taken);
    }
    this.clusters = clusters.filter((members) => members.length > 0);
  }

  /** Line 6. */
  private form(): void {
    const orphans = this.orphans();
    const free = orphans.filter((id) => !this.clusters.flat().some((member) => this.linked(id, member)));
    const own = (id: string) => this.clique(id, orphans);
    const isHead = (id: string) => free.includes(id) && principal(own(id)) === id;
    const asked = (id: string, among = orphans): string | undefined => {
      const highest = principal(this.clique(id, among));
      if (highest === id) return undefined;
      return isHead(highest)
        ? highest
        : asked(
            id,
            among.filter((other) => other !== highest),
          );
    };
    const groups = free
      .filter(isHead)
      .map((head) => ({ head, members: own(head) }))
      .filter(({ head, members }) => {
        if (members.length < this.least) return false;
        if (members.length === 1) return !orphans.some((id) => id !== head && this.linked(id, head));
        const askers = free.filter((id) => !isHead(id) && asked(id) === head);
        return sorted([head, ...askers]).join() === sorted(members).join();
      })
      .sort((a, b) => b.members.length - a.members.length || (higher(a.head, b.head) ? -1 : 1));
    const formed: string[][] = [];
    for (const { head, members } of groups) {
      if (!formed.flat().some((id) => this.linked(id, head))) formed.push(members);
    }
    this.clusters = [...this.clusters, ...formed];
  }

  private orphans(): string[] {
    return this.up.filter((id) => !this.clusters.flat().includes(id));
  }

  private linked(a: string, b: string): boolean {
    return !this.cannotHear[a]?.includes(b) && !this.cannotHear[b]?.includes(a);
  }

  /** Line 2. */
  private clique(x: string, among: Ids): string[] {
    let kept = [x, ...among.filter((id) => id !== x && this.linked(x, id))];
    const missing = (id: string) => kept.filter((other) => other !== id && !this.linked(id, other)).length;
    while (kept.some((id) => missing(id) > 0)) {
      const most = Math.max(...kept.filter((id) => id !== x).map(missing));
      const worst = kept.filter((id) => id !== x && missing(id) === most);
      const smallest = worst.reduce((a, b) => (higher(a, b) ? b : a));
      kept = kept.filter((id) => id !== smallest);
    }
    return kept;
  }
}

function higher(a: string, b: string): boolean {
  return BigInt(`0x${a}`) > BigInt(`0x${b}`);
}

function principal(members: Ids): string {
  return members.reduce((a, b) => (higher(a, b) ? a : b));
}

function sorted(members: Ids): string[] {
  return [...members].sort();
}

function byPrincipal(a: Ids, b: Ids): number {
  return higher(principal(a), principal(b)) ? -1 : 1;
}
