/**
 * Something that the person who runs Postern can mend: a wrong setting, a port
 * in use, a data folder of a newer version. Its message is shown as it is,
 * without a stack.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
