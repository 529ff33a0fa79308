/**
 * What the operator wants: command line, environment and file become one frozen, checked object in three pure steps
 * (gather → check → shape). Imports nothing of the server; everything above may take its values as arguments, none
 * reads the environment itself.
 */
import { check } from './check.ts';
import { type ConfigSources, gather } from './gather.ts';
import { type Config, shape } from './shape.ts';

export type { ConfigSources } from './gather.ts';
export type { Config } from './shape.ts';

/** The configuration is wrong: `problems` has one line for each reason, none of them with a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration is wrong, so nothing was started:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads `sotto.yaml` (or the file that `--config` or `SOTTO_CONFIG` names) and the environment, which wins.
 * Throws `ConfigError` with everything that is wrong at once.
 */
export function loadConfig(sources: ConfigSources): Config {
  const gathered = gather(sources);
  const checked = check(gathered.given);
  const problems = [...gathered.problems, ...checked.problems];
  if (problems.length > 0) throw new ConfigError(problems);
  return shape(checked.values);
}

/** The public URL once the port is known: with `listen.port` 0 it is the free one that was taken. */
export function publicUrlAt(config: Config, port: number): string {
  return config.server.publicUrl.replace(/:0$/, `:${port}`);
}
