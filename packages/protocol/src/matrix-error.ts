/**
 * The errcodes of the client-server API (specification v1.19, "Standard error response" and each
 * endpoint) and of the proposals that the server speaks, each with the HTTP status that it has
 * wherever the text does not say otherwise.
 */
export const statusByErrcode = {
  M_APPSERVICE_LOGIN_UNSUPPORTED: 400,
  M_BAD_ALIAS: 400,
  M_BAD_JSON: 400,
  M_BAD_STATE: 400,
  M_BAD_STATUS: 502,
  M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: 403,
  M_CANNOT_OVERWRITE_MEDIA: 409,
  M_CAPTCHA_INVALID: 401,
  M_CAPTCHA_NEEDED: 401,
  M_CONNECTION_FAILED: 502,
  M_CONNECTION_TIMEOUT: 504,
  M_DUPLICATE_ANNOTATION: 400,
  M_EXCLUSIVE: 400,
  M_FORBIDDEN: 403,
  M_GUEST_ACCESS_FORBIDDEN: 403,
  M_INCOMPATIBLE_ROOM_VERSION: 400,
  M_INVALID_EMAIL: 400,
  M_INVALID_PARAM: 400,
  M_INVALID_ROOM_STATE: 400,
  M_INVALID_SIGNATURE: 400,
  M_INVALID_USERNAME: 400,
  M_INVITE_BLOCKED: 403,
  M_KEY_TOO_LARGE: 400,
  M_LIMIT_EXCEEDED: 429,
  M_MAX_DELAY_EXCEEDED: 400,
  M_MAX_DELAYED_EVENTS_EXCEEDED: 400,
  M_MISSING_PARAM: 400,
  M_MISSING_TOKEN: 401,
  M_NOT_FOUND: 404,
  M_NOT_JSON: 400,
  M_NOT_YET_UPLOADED: 504,
  M_NO_VALID_SESSION: 400,
  M_PROFILE_TOO_LARGE: 400,
  M_RESOURCE_LIMIT_EXCEEDED: 403,
  M_ROOM_IN_USE: 400,
  M_SERVER_NOT_TRUSTED: 400,
  M_SESSION_EXPIRED: 400,
  M_SESSION_NOT_VALIDATED: 400,
  M_TERMS_NOT_SIGNED: 403,
  M_THREEPID_AUTH_FAILED: 400,
  M_THREEPID_DENIED: 403,
  M_THREEPID_IN_USE: 400,
  M_THREEPID_MEDIUM_NOT_SUPPORTED: 400,
  M_THREEPID_NOT_FOUND: 400,
  M_TOKEN_INCORRECT: 400,
  M_TOO_LARGE: 413,
  M_UNABLE_TO_AUTHORISE_JOIN: 400,
  M_UNABLE_TO_GRANT_JOIN: 400,
  M_UNAUTHORIZED: 401,
  M_UNKNOWN: 500,
  M_UNKNOWN_DEVICE: 400,
  M_UNKNOWN_POS: 400,
  M_UNKNOWN_TOKEN: 401,
  M_UNRECOGNIZED: 404,
  M_UNSUPPORTED_ROOM_VERSION: 400,
  M_URL_NOT_SET: 400,
  M_USER_DEACTIVATED: 403,
  M_USER_IN_USE: 400,
  M_USER_LIMIT_EXCEEDED: 403,
  M_USER_LOCKED: 401,
  M_USER_SUSPENDED: 403,
  M_WEAK_PASSWORD: 400,
  M_WRONG_ROOM_KEYS_VERSION: 403,
  'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION': 409,
  'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD': 400,
} as const;

/** An errcode that the specification or a supported proposal names. */
export type Errcode = keyof typeof statusByErrcode;

/** What a `MatrixError` carries beyond its errcode and sentence. */
export type MatrixErrorOptions = {
  /** HTTP status, where the endpoint asks for another than the errcode's usual one. */
  readonly status?: number;
  /** Further properties of the error body, such as `retry_after_ms` or `soft_logout`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

/**
 * The one error that services throw on purpose. The message is shown to people: a sentence, without
 * secrets or message text. Only the HTTP layer turns it into an answer.
 */
export class MatrixError extends Error {
  override readonly name = 'MatrixError';
  readonly errcode: Errcode;
  readonly status: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(errcode: Errcode, message: string, options: MatrixErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errcode = errcode;
    this.status = options.status ?? statusByErrcode[errcode];
    this.extra = options.extra ?? {};
  }

  /** The "standard error response" of the specification. */
  toBody(): Record<string, unknown> {
    return { ...this.extra, errcode: this.errcode, error: this.message };
  }
}
