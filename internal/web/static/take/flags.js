// Flags on their way: what was set here and not acknowledged yet is shown, kept on this device and sent again until it is.
import { Fault, flagQuestion } from './api.js';

const pause = 3_000; // ms between two attempts

export class Flags {
  /**
   * @param {string} sitting
   * @param {Record<string, boolean>} unsent by question; whoever gives it keeps it
   * @param {() => void} keep
   * @param {(fault: unknown) => void} problem
   */
  constructor(sitting, unsent, keep, problem) {
    this.sitting = sitting;
    this.unsent = unsent;
    this.keep = keep;
    this.problem = problem;
    this.closed = false;
    /** @type {Promise<void>|null} */
    this.sending = null;
    this.send();
  }

  /**
   * The flagged questions as they stand here.
   * @param {string[]} stored those that the server has
   */
  over(stored) {
    return [...stored.filter((ref) => !(ref in this.unsent)), ...Object.keys(this.unsent).filter((ref) => this.unsent[ref])];
  }

  /** @param {string} ref @param {boolean} flagged */
  set(ref, flagged) {
    this.unsent[ref] = flagged;
    this.keep();
    this.send();
  }

  /** Sends one flag after the other until none is left. */
  send() {
    this.sending ??= this.run().finally(() => { this.sending = null; });
    return this.sending;
  }

  async run() {
    await null; // so that whoever made this has it
    for (;;) {
      const [ref] = Object.keys(this.unsent);
      if (!ref || this.closed) return;
      const flagged = this.unsent[ref];
      try {
        await flagQuestion(this.sitting, ref, flagged);
      } catch (fault) {
        if (fault instanceof Fault && ['network', 'later', 'signin'].includes(fault.kind)) {
          await new Promise((again) => setTimeout(again, pause));
          continue;
        }
        this.problem(fault);
      }
      if (this.unsent[ref] !== flagged) continue; // it was changed meanwhile
      delete this.unsent[ref];
      this.keep();
    }
  }

  close() {
    this.closed = true;
  }
}
