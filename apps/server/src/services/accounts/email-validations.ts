import { timingSafeEqual } from 'node:crypto';
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import {
  deleteEmailValidation,
  type EmailValidation,
  findEmailValidation,
  getEmailValidation,
  markEmailValidated,
  putEmailValidation,
} from '../../store/email-validations.ts';
import { getThreepid } from '../../store/threepids.ts';
import type { Mailer } from '../mail/index.ts';
import type { RandomText } from '../random-text.ts';
import { tokenHashOf } from './access-tokens.ts';
import { canonicalEmail } from './email-address.ts';
import { type MailReason, mailFor } from './email-texts.ts';

export type EmailPurpose = EmailValidation['purpose'];

export interface EmailRequest {
  purpose: EmailPurpose;
  email: string;
  /** Chosen by the client, so that nobody else can use the proof. */
  clientSecret: string;
  /** A mail is sent again only for a higher one. */
  sendAttempt: number;
  nextLink?: string | undefined;
  /** Whether it is known who asks. */
  isLoggedIn?: boolean;
}

/** What a client shows of a proof. */
export interface EmailCredentials {
  sid: string;
  clientSecret: string;
}

/** Proofs that a mail address is somebody's (specification, "Third-party ID"). */
export interface EmailValidations {
  /** Whether mail can be sent at all. */
  readonly isOffered: boolean;
  /**
   * Sends a link to the address and gives the id of the proof. Who asks learns nothing of whether the address has an
   * account: to register with one that has, its owner is told by mail; to reset one that has none, no mail is sent.
   * @throws MatrixError M_THREEPID_DENIED, M_THREEPID_MEDIUM_NOT_SUPPORTED when no mail can be sent; M_INVALID_PARAM;
   *   M_THREEPID_IN_USE for `add` by somebody who is logged in; M_LIMIT_EXCEEDED
   */
  request(request: EmailRequest): Promise<string>;
  /** Whether the link still leads somewhere. */
  isOpen(sid: string, token: string): Promise<boolean>;
  /** Follows the link; gives where to go next, if anywhere. @throws MatrixError M_TOKEN_INCORRECT, M_SESSION_EXPIRED */
  confirm(sid: string, token: string): Promise<{ nextLink: string | undefined }>;
  /** The address that was proved. @throws MatrixError M_UNAUTHORIZED while it has not been */
  proved(purpose: EmailPurpose, credentials: EmailCredentials): Promise<{ address: string; validatedAtMs: number }>;
  /** The proof has served. */
  forget(sid: string): Promise<void>;
}

export interface EmailValidationsParts {
  db: Queryable;
  log: LogWriter;
  logging: Logging;
  now: () => number;
  random: RandomText;
  serverName: string;
  publicUrl: () => string;
  /** Undefined when no mail server is configured. */
  mailer: Mailer | undefined;
  /** @throws MatrixError M_LIMIT_EXCEEDED when an address has got too many mails */
  limitMails: (address: string) => void;
}

const lifetimeMs = 3_600_000;

const notOffered = (purpose: EmailPurpose) =>
  purpose === 'add'
    ? new MatrixError('M_THREEPID_MEDIUM_NOT_SUPPORTED', 'This server sends no mail, so no address can be added.')
    : new MatrixError('M_THREEPID_DENIED', 'This server sends no mail.');

export function createEmailValidations(parts: EmailValidationsParts): EmailValidations {
  const { db, log, logging, now, random, serverName, publicUrl, mailer, limitMails } = parts;

  /** The reason for which a mail goes out; undefined when none does. */
  async function reasonOf({ purpose, isLoggedIn }: EmailRequest, address: string): Promise<MailReason | undefined> {
    const isTaken = (await getThreepid(db, 'email', address)) !== undefined;
    if (purpose === 'reset') return isTaken ? 'reset' : undefined;
    if (!isTaken) return purpose;
    if (purpose === 'add' && isLoggedIn === true)
      throw new MatrixError('M_THREEPID_IN_USE', 'This address belongs to an account already.');
    return 'taken';
  }

  /** Beside the answer, so that its time tells nothing either. */
  function send(to: string, reason: MailReason, link: string): void {
    mailer
      ?.send(mailFor(reason, { to, link, server: serverName }))
      .catch((error: Error) => logging.warn('a mail could not be sent', { error }));
  }

  /** Only to our own pages: nobody is led elsewhere by a mail from here. */
  function isOwn(link: string | undefined): link is string {
    return link !== undefined && URL.parse(link)?.origin === new URL(publicUrl()).origin;
  }

  async function find(sid: string, token: string): Promise<EmailValidation> {
    const found = await getEmailValidation(db, sid);
    if (found === undefined || !isSame(found.tokenHash, tokenHashOf(token)))
      throw new MatrixError('M_TOKEN_INCORRECT', 'This link is not known here.');
    if (found.expiresAtMs <= now()) throw new MatrixError('M_SESSION_EXPIRED', 'This link has expired.');
    return found;
  }

  return {
    isOffered: mailer !== undefined,
    async request(request) {
      const { purpose, email, clientSecret, sendAttempt, nextLink } = request;
      if (mailer === undefined) throw notOffered(purpose);
      const address = canonicalEmail(email);
      if (address === undefined) throw new MatrixError('M_INVALID_PARAM', 'This is not a mail address.');
      if (!/^[0-9a-zA-Z.=_-]{1,255}$/.test(clientSecret))
        throw new MatrixError('M_INVALID_PARAM', 'The client secret has other characters than it may.');
      const secretHash = tokenHashOf(clientSecret);
      const known = await findEmailValidation(db, { purpose, address, secretHash });
      if (known !== undefined && known.expiresAtMs > now() && known.sendAttempt >= sendAttempt) return known.sid;
      limitMails(address);
      const reason = await reasonOf(request, address);
      const [sid, token, nowMs] = [known?.sid ?? random(24), random(32), now()];
      const validation: EmailValidation = {
        ...{ sid, purpose, address, secretHash, sendAttempt },
        tokenHash: tokenHashOf(token),
        nextLink: isOwn(nextLink) ? nextLink : null,
        validatedAtMs: known?.validatedAtMs ?? null,
        expiresAtMs: nowMs + lifetimeMs,
      };
      await log.write((unit) => putEmailValidation(unit, validation, nowMs));
      const link = `${publicUrl()}/_sotto/client/v1/email/confirm?sid=${sid}&token=${token}`;
      if (reason !== undefined) send(address, reason, reason === 'taken' ? publicUrl() : link);
      return sid;
    },
    isOpen: (sid, token) =>
      find(sid, token).then(
        () => true,
        () => false,
      ),
    async confirm(sid, token) {
      const { nextLink } = await find(sid, token);
      const validatedAtMs = now();
      const times = { validatedAtMs, expiresAtMs: validatedAtMs + lifetimeMs };
      await log.write((unit) => markEmailValidated(unit, sid, times));
      return { nextLink: nextLink ?? undefined };
    },
    async proved(purpose, { sid, clientSecret }) {
      const found = await getEmailValidation(db, sid);
      const isProved =
        found !== undefined &&
        found.purpose === purpose &&
        isSame(found.secretHash, tokenHashOf(clientSecret)) &&
        found.expiresAtMs > now() &&
        found.validatedAtMs !== null;
      if (!isProved) throw new MatrixError('M_UNAUTHORIZED', 'The mail address has not been confirmed yet.');
      return { address: found.address, validatedAtMs: found.validatedAtMs as number };
    },
    forget: (sid) => log.write((unit) => deleteEmailValidation(unit, sid)),
  };
}

function isSame(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
