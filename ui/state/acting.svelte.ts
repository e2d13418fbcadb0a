/**
 * What a person does at a desk: one verb at a time, and in words what became
 * of the last one. After each that went well the desk looks again.
 */
import { faultOf } from './fault.ts';

export abstract class Acting {
  busy = $state(false);
  word = $state('');

  /** Reads anew what the desk shows. */
  abstract again(): Promise<void>;

  /** `verb` answers what to say. False when it failed, or another one was under way. */
  protected async do(verb: () => Promise<string>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.word = '';
    try {
      this.word = await verb();
      await this.again();
      return true;
    } catch (error) {
      this.word = `That did not work: ${faultOf(error).message}`;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
