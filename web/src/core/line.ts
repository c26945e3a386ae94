/** Does one thing after the other, in the order they were asked for; what fails is passed over by what comes after. */
export class Line {
  private last: Promise<unknown> = Promise.resolve();

  do<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
