/** Events on the document by which the elements tell one another what happens. */

/** All kept gestures have reached the server, some of them late: the page may show an old state. */
export const GESTURES_SENT = "gestures-sent";

/** The screen is about to be locked and left; whoever must finish something says so. */
export class BeforeLock extends Event {
  static readonly type = "before-lock";
  readonly #waits: Promise<unknown>[] = [];

  constructor() {
    super(BeforeLock.type);
  }

  waitFor(work: Promise<unknown>): void {
    this.#waits.push(work);
  }

  /** Resolves when all have finished, or failed. */
  async finished(): Promise<void> {
    await Promise.allSettled(this.#waits);
  }
}
