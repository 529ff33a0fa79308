import { MatrixError } from '@sotto/protocol';
import { InteractiveAuthNeeded } from '../services/accounts/interactive-auth.ts';

/** What of an error may be known outside. */
export interface ErrorReply {
  status: number;
  body: Record<string, unknown>;
  headers: Record<string, string>;
  /** An error that nobody foresaw: worth a line in the log. */
  isUnexpected: boolean;
}

/** The only place where errors become HTTP (specification, "Standard error response"). */
export function errorReply(error: unknown): ErrorReply {
  if (error instanceof InteractiveAuthNeeded)
    return { status: 401, body: error.body, headers: {}, isUnexpected: false };
  const known = error instanceof MatrixError ? error : fromFramework(error);
  if (known === undefined) {
    return {
      status: 500,
      body: { errcode: 'M_UNKNOWN', error: 'Something went wrong on the server.' },
      headers: {},
      isUnexpected: true,
    };
  }
  const retryAfterMs = known.extra.retry_after_ms;
  const headers: Record<string, string> = {};
  if (typeof retryAfterMs === 'number') headers['Retry-After'] = String(Math.ceil(retryAfterMs / 1000));
  return { status: known.status, body: known.toBody(), headers, isUnexpected: false };
}

/** Fastify's own errors about a request that it could not read. */
function fromFramework(error: unknown): MatrixError | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new MatrixError('M_TOO_LARGE', 'The body is too large.');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new MatrixError('M_NOT_JSON', 'The body is not as long as it says.');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new MatrixError('M_UNKNOWN', 'The request could not be read.', { status: statusCode });
  }
  return undefined;
}
