import type { OutboundAnswer, SendJson } from '../outbound/index.ts';
import type { Appservice } from './registry.ts';

export interface AppserviceCall {
  method: 'GET' | 'PUT' | 'POST';
  /** Below `/_matrix/app/v1`. */
  path: string;
  /** The whole path of an older application service; none where there was none. */
  legacyPath?: string;
  query?: Readonly<Record<string, string>>;
  /** JSON text. */
  body?: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Asks or tells an application service something. Undefined for one without an address.
 * @throws OutboundError when no answer comes
 */
export type CallAppservice = (appservice: Appservice, call: AppserviceCall) => Promise<OutboundAnswer | undefined>;

export function createCallAppservice(send: SendJson): CallAppservice {
  return async ({ registration }, { method, path, legacyPath, query = {}, body, timeoutMs, signal }) => {
    const { url: base, hsToken } = registration;
    if (base === undefined) return undefined;
    const ask = (place: string) => {
      const url = new URL(base + place);
      for (const [key, value] of Object.entries(query)) url.searchParams.append(key, value);
      const headers = { authorization: `Bearer ${hsToken}` };
      return send({
        method,
        url,
        headers,
        timeoutMs,
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    };
    const answer = await ask(`/_matrix/app/v1${path}`);
    return legacyPath !== undefined && isUnknownPlace(answer) ? ask(legacyPath) : answer;
  };
}

/** An older application service does not know the new path (application service API, "Legacy routes"). */
function isUnknownPlace({ status, body }: OutboundAnswer): boolean {
  const errcode = (body as { errcode?: unknown } | null | undefined)?.errcode;
  return (status === 404 || status === 405) && (errcode === undefined || errcode === 'M_UNRECOGNIZED');
}
