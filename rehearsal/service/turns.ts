/** Fair turns: whoever has more to do than one turn's share waits until everybody else has had a turn. */
export class Turns {
  private waiting: (() => boolean)[] = [];

  /** @param afterTurn calls back once all that has arrived by now was looked at */
  constructor(private readonly afterTurn: (run: () => void) => void) {}

  /** Calls `turn` in each round until it returns false: it has nothing more to do now. */
  add(turn: () => boolean): void {
    if (this.waiting.push(turn) === 1) this.afterTurn(() => this.round());
  }

  private round(): void {
    const round = this.waiting;
    this.waiting = [];
    for (const turn of round) if (turn()) this.add(turn);
  }
}
