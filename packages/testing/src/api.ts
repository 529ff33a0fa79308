// biome-ignore lint/suspicious/noExplicitAny: a test reads JSON of any shape, and a wrong guess fails its assertion
export type JsonBody = any;

export interface Answer {
  status: number;
  /** Parsed when it is JSON, otherwise the text. */
  body: JsonBody;
  headers: Headers;
}

/** What an answer says in short: its status, and its errcode where it is a refusal. */
export const said = ({ status, body }: Pick<Answer, 'status' | 'body'>): [number, string | undefined] => [
  status,
  body.errcode,
];

export interface ApiOptions {
  /** Sent as JSON, unless it is text or bytes: those go as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Access token; an empty one sends none. */
  token?: string;
  signal?: AbortSignal;
}

/** One request, answered whatever its status. */
export type Api = (method: string, path: string, options?: ApiOptions) => Promise<Answer>;

/** `path` begins with `/`; one that begins with `/v3/` or another version is completed to the client-server API. */
export function createApi(baseUrl: string, defaultToken = ''): Api {
  return async (method, path, options = {}) => {
    const { body, headers = {}, token = defaultToken, signal = null } = options;
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(baseUrl + path.replace(/^\/(?=(?:r0|v\d|unstable)\/)/, '/_matrix/client/'), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body === undefined ? null : isRaw ? (body as BodyInit) : JSON.stringify(body),
      signal,
    });
    return { status: response.status, body: parse(await response.text()), headers: response.headers };
  };
}

function parse(text: string): JsonBody {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
