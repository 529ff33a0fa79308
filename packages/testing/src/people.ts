import { type Answer, type Api, createApi, type JsonBody } from './api.ts';

export interface RegisterOptions {
  password?: string;
  /** An invite token or the first-run token, for a server that asks for one. */
  token?: string;
  deviceId?: string;
}

/** Someone who is logged in. */
export interface TestUser {
  userId: string;
  deviceId: string;
  accessToken: string;
  password: string;
  /** A request as this person, whatever its status. */
  api: Api;
  /** The same; throws unless the answer is 200, and resolves with its body. */
  call(method: string, path: string, body?: unknown): Promise<JsonBody>;
}

/** Registers `name` and logs in, walking through whichever stages of user-interactive authentication are asked for. */
export async function registerUser(
  server: { url: string; api: Api },
  name: string,
  { password = `password of ${name}`, token, deviceId }: RegisterOptions = {},
): Promise<TestUser> {
  const wanted = { username: name, password, ...(deviceId === undefined ? {} : { device_id: deviceId }) };
  const register = (auth?: object) => server.api('POST', '/v3/register', { body: { ...wanted, auth } });
  let answer = await register();
  while (answer.status === 401) answer = await register(nextStage(answer, token));
  if (answer.status !== 200) throw new Error(`${name} was not registered: ${JSON.stringify(answer.body)}`);
  return {
    userId: answer.body.user_id,
    deviceId: answer.body.device_id,
    accessToken: answer.body.access_token,
    password,
    ...callers(server.url, answer.body.access_token),
  };
}

function callers(url: string, accessToken: string): Pick<TestUser, 'api' | 'call'> {
  const api = createApi(url, accessToken);
  return {
    api,
    async call(method, path, body) {
      const answer = await api(method, path, { body });
      if (answer.status === 200) return answer.body;
      throw new Error(`${method} ${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    },
  };
}

/** Matrix specification, client-server API, "User-Interactive Authentication API". */
function nextStage(answer: Answer, token: string | undefined): object {
  const { session, flows, completed = [] } = answer.body;
  const known = ['m.login.dummy', ...(token === undefined ? [] : ['m.login.registration_token'])];
  const possible = flows.filter(({ stages }: { stages: string[] }) => stages.every((stage) => known.includes(stage)));
  // Whoever has a token wants it used: it may make an admin.
  const flow =
    possible.find(
      ({ stages }: { stages: string[] }) => stages.includes('m.login.registration_token') === (token !== undefined),
    ) ?? possible[0];
  const type = flow?.stages.find((stage: string) => !completed.includes(stage));
  if (type === undefined || answer.body.errcode) throw new Error(`can't go on from ${JSON.stringify(answer.body)}`);
  return { type, session, ...(type === 'm.login.registration_token' ? { token } : {}) };
}
