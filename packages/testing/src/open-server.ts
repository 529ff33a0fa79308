import { after } from 'node:test';
import { registerUser, type TestUser } from './people.ts';
import { type StartServerOptions, startServer, type TestServer } from './server.ts';

/**
 * What most files of tests begin with: a real server with these people on it, by their names. Called at the top of a file;
 * it is stopped after its last test.
 */
export async function openServerWith<const Name extends string>(
  names: readonly Name[],
  options: StartServerOptions = {},
): Promise<{ server: TestServer } & Record<Name, TestUser>> {
  const server = await startServer(options);
  after(() => server.stop());
  const people: [string, TestUser][] = [];
  for (const name of names) people.push([name, await registerUser(server, name)]);
  return { server, ...(Object.fromEntries(people) as Record<Name, TestUser>) };
}
