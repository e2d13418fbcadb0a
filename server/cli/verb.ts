/** What every verb of the command line is: arguments and the outside world in, an exit code out. */
export type Io = {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  env: Record<string, string | undefined>;
};

export type Verb = (args: string[], io: Io) => Promise<number>;
