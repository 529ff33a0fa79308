/** Structured lines for the operator; the log is what `log/` writes. Fields never hold a token, an address, a URL or the text of a message. */
export interface Logging {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export type LogFields = Record<string, string | number | boolean | Error | undefined>;

const levels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof levels)[number];

export function createLogging(level: LogLevel, write: (line: string) => void): Logging {
  const limit = levels.indexOf(level);
  const lineOf =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (levels.indexOf(name) > limit) return;
      write(
        JSON.stringify({ level: name, msg: message, ...fields }, (_key, value) =>
          value instanceof Error ? describe(value) : value,
        ),
      );
    };
  return { error: lineOf('error'), warn: lineOf('warn'), info: lineOf('info'), debug: lineOf('debug') };
}

function describe(error: Error): unknown {
  const cause = error.cause instanceof Error ? describe(error.cause) : undefined;
  return { name: error.name, message: error.message, stack: error.stack, cause };
}
