import { type AppserviceRegistration, readAppserviceRegistration } from '@sotto/protocol';
import { parse } from 'yaml';
import { ConfigError } from './index.ts';

/**
 * The application services whose registration files the configuration lists.
 * @param readFile the text of a file, or undefined when there is none
 * @throws ConfigError with everything that is wrong in any of them
 */
export function loadRegistrations(
  paths: readonly string[],
  readFile: (path: string) => string | undefined,
): AppserviceRegistration[] {
  const problems: string[] = [];
  const registrations: AppserviceRegistration[] = [];
  for (const path of paths) {
    const found = loadRegistration(path, readFile);
    problems.push(...found.problems.map((problem) => `applicationServices: ${path}: ${problem}`));
    if (found.registration !== undefined) registrations.push(found.registration);
  }
  for (const key of ['id', 'asToken', 'senderLocalpart'] as const) {
    const values = registrations.map((each) => each[key]);
    const isShared = new Set(values).size < values.length;
    if (isShared) problems.push(`applicationServices: two files have the same ${fileNames[key]}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return registrations;
}

const fileNames = { id: 'id', asToken: 'as_token', senderLocalpart: 'sender_localpart' } as const;

function loadRegistration(path: string, readFile: (path: string) => string | undefined) {
  try {
    const text = readFile(path);
    if (text === undefined) return { problems: ['there is no such file'] };
    return readAppserviceRegistration(parse(text));
  } catch (error) {
    // The parser's message shows the line, which may hold a token.
    const code = (error as { code?: unknown }).code;
    return { problems: [`can't be read (${typeof code === 'string' ? code : 'no YAML'})`] };
  }
}
