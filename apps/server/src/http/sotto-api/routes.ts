import type { Services } from '../../services/index.ts';
import type { EncryptionPolicy } from '../../services/policy/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { acceptInvite } from './accept-invite.ts';
import { confirmEmail } from './confirm-email.ts';
import { createInvite } from './create-invite.ts';
import { getMe } from './get-me.ts';
import { getPolicy } from './get-policy.ts';
import { previewInvite } from './preview-invite.ts';

/** What the apps of Sotto ask beyond Matrix, under `/_sotto/client`. */
export function sottoApiRoutes(
  { accounts, invites }: Services,
  encryption: EncryptionPolicy,
  verifiedOnly: readonly string[],
): Endpoint[] {
  return [
    getMe(),
    getPolicy(encryption, verifiedOnly),
    createInvite(invites),
    previewInvite(invites),
    acceptInvite(invites),
    ...confirmEmail(accounts.emailValidations),
  ];
}
