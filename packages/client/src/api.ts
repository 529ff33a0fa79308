import { type Failure, problemOf } from './problems.ts';
import { type InvitePreview, type Problem, ProblemError } from './types.ts';

/** Who just logged in, as the server answers (`POST /login`, `POST /register`). */
export interface LoggedIn {
  userId: string;
  deviceId: string;
  accessToken: string;
}

/**
 * The few requests that are made before the SDK is loaded, or that it doesn't know: plain `fetch`, so that the login
 * form works at once. Each throws `ProblemError`.
 */
export interface Api {
  logIn(options: { username: string; password: string }): Promise<LoggedIn>;
  register(options: { username: string; password: string; token?: string }): Promise<LoggedIn>;
  logOut(accessToken: string): Promise<void>;
  previewInvite(token: string): Promise<InvitePreview>;
  /** Gets the caller invited to the room of the link; its id, if the link has a room. */
  acceptInvite(accessToken: string, token: string): Promise<string | undefined>;
  createInvite(accessToken: string, roomId: string | undefined): Promise<string>;
  isAdmin(accessToken: string): Promise<boolean>;
  /** What the organisation says, as the server words it. */
  policy(accessToken: string): Promise<Record<string, unknown>>;
}

interface Call {
  method: 'GET' | 'POST';
  path: string;
  accessToken?: string;
  body?: unknown;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

type Caller = (call: Call) => Promise<Answer>;

const requestTimeoutMs = 30_000;

/** The API of the homeserver at `baseUrl`. `nameDevice` says what the list of sessions will show. */
export function createApi(options: {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  nameDevice(): Promise<string>;
}): Api {
  const call = createCaller(options.baseUrl, options.fetch);
  const invites = '/_sotto/client/v1/invites';
  const named = async () => ({ initial_device_display_name: await options.nameDevice() });
  return {
    logIn: async ({ username, password }) => logIn(call, { username, password, device: await named() }),
    register: async ({ username, password, token }) =>
      register(call, { username, password, token, device: await named() }),
    async logOut(accessToken) {
      await ok(call({ method: 'POST', path: '/_matrix/client/v3/logout', accessToken, body: {} }));
    },
    async previewInvite(token) {
      const answer = await call({ method: 'GET', path: `${invites}/${encodeURIComponent(token)}` });
      if (answer.status === 404) throw new ProblemError({ kind: 'bad-invite-link', errcode: 'M_NOT_FOUND' });
      return invitePreviewOf(accepted(answer));
    },
    async acceptInvite(accessToken, token) {
      const path = `${invites}/${encodeURIComponent(token)}/accept`;
      const answer = await call({ method: 'POST', path, accessToken, body: {} });
      if (answer.status === 404) throw new ProblemError({ kind: 'bad-invite-link', errcode: 'M_NOT_FOUND' });
      return text(accepted(answer).room_id);
    },
    async createInvite(accessToken, roomId) {
      const body = roomId === undefined ? {} : { room_id: roomId };
      const answer = await ok(call({ method: 'POST', path: invites, accessToken, body }));
      return needText(answer.url);
    },
    async isAdmin(accessToken) {
      return (await ok(call({ method: 'GET', path: '/_sotto/client/v1/me', accessToken }))).is_admin === true;
    },
    policy: (accessToken) => ok(call({ method: 'GET', path: '/_sotto/client/v1/policy', accessToken })),
  };
}

function createCaller(baseUrl: string, fetch: typeof globalThis.fetch): Caller {
  const base = baseUrl.replace(/\/+$/, '');
  return async ({ method, path, accessToken, body }) => {
    const headers: Record<string, string> = {};
    if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const request = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    try {
      const response = await fetch(base + path, { ...request, signal: AbortSignal.timeout(requestTimeoutMs) });
      return { status: response.status, body: await readObject(response) };
    } catch (error) {
      throw new ProblemError({ kind: 'network' }, error);
    }
  };
}

/** The body as an object; a body that isn't one (a proxy's error page) reads as empty. */
async function readObject(response: Response): Promise<Record<string, unknown>> {
  const raw = await response.text();
  try {
    const parsed: unknown = JSON.parse(raw);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function ok(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  return accepted(await answer);
}

function accepted(answer: Answer): Record<string, unknown> {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new ProblemError(problemOf(failureOf(answer)));
}

function failureOf({ status, body }: Answer): Failure {
  const retryAfterMs = typeof body.retry_after_ms === 'number' ? body.retry_after_ms : undefined;
  return { status, errcode: text(body.errcode), retryAfterMs };
}

async function logIn(call: Caller, options: { username: string; password: string; device: object }): Promise<LoggedIn> {
  const { username, password, device } = options;
  const identifier = { type: 'm.id.user', user: username };
  const body = { type: 'm.login.password', identifier, password, ...device };
  const answer = await call({ method: 'POST', path: '/_matrix/client/v3/login', body });
  if (answer.status === 403 && answer.body.errcode === 'M_FORBIDDEN') {
    throw new ProblemError({ kind: 'wrong-credentials', errcode: 'M_FORBIDDEN' });
  }
  return loggedInOf(accepted(answer));
}

/** Registers through user-interactive auth: the invite token and what a server may ask besides (spec, "User-Interactive API"). */
async function register(
  call: Caller,
  options: { username: string; password: string; token?: string; device: object },
): Promise<LoggedIn> {
  const { username, password, token, device } = options;
  const done = new Set<string>();
  let auth: object | undefined;
  for (;;) {
    const body = { username, password, ...device, ...(auth && { auth }) };
    const answer = await call({ method: 'POST', path: '/_matrix/client/v3/register', body });
    if (answer.status !== 401) return registeredOf(answer);
    const stage = nextStage(answer, { token, done });
    if (stage === undefined) throw new ProblemError(stuckProblem(answer, { token, done }));
    done.add(stage);
    auth = { type: stage, session: answer.body.session, ...(stage === tokenStage && { token }) };
  }
}

const tokenStage = 'm.login.registration_token';
const dummyStage = 'm.login.dummy';

function registeredOf(answer: Answer): LoggedIn {
  if (answer.status === 403 && answer.body.errcode === 'M_FORBIDDEN') {
    throw new ProblemError({ kind: 'registration-closed', errcode: 'M_FORBIDDEN' });
  }
  return loggedInOf(accepted(answer));
}

interface Progress {
  token: string | undefined;
  /** Stages that were sent already; one that comes back was refused. */
  done: ReadonlySet<string>;
}

/** The first open stage of a flow that can be gone to its end with what we have. */
function nextStage(answer: Answer, { token, done }: Progress): string | undefined {
  const completed = new Set(Array.isArray(answer.body.completed) ? answer.body.completed : []);
  const canDo = (stage: string) =>
    completed.has(stage) || (!done.has(stage) && (stage === dummyStage || (stage === tokenStage && !!token)));
  const flow = flowsOf(answer)
    .filter((stages) => stages.every(canDo))
    .sort((a, b) => Number(b.includes(tokenStage)) - Number(a.includes(tokenStage)))[0];
  return flow?.find((stage) => !completed.has(stage));
}

function flowsOf(answer: Answer): string[][] {
  const flows = Array.isArray(answer.body.flows) ? answer.body.flows : [];
  return flows.map((flow) => (Array.isArray(flow?.stages) ? flow.stages.map(String) : []));
}

function stuckProblem(answer: Answer, { token, done }: Progress): Problem {
  const wantsToken = flowsOf(answer).some((stages) => stages.includes(tokenStage));
  const errcode = text(answer.body.errcode);
  if (wantsToken && token && done.has(tokenStage)) return { kind: 'bad-invite-link', ...(errcode && { errcode }) };
  return { kind: 'registration-closed', ...(errcode && { errcode }) };
}

function loggedInOf(body: Record<string, unknown>): LoggedIn {
  return {
    userId: needText(body.user_id),
    deviceId: needText(body.device_id),
    accessToken: needText(body.access_token),
  };
}

function invitePreviewOf(body: Record<string, unknown>): InvitePreview {
  const inviter = body.inviter as { user_id?: unknown; displayname?: unknown } | undefined;
  const userId = text(inviter?.user_id);
  const roomName = text(body.room_name);
  return {
    ...(userId && { inviter: { userId, displayName: text(inviter?.displayname) ?? userId } }),
    ...(roomName && { roomName }),
    makesAdmin: body.makes_admin === true,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function needText(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new ProblemError({ kind: 'unknown' });
  return value;
}
