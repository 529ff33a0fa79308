import type { EncryptionPolicy } from '../../services/policy/index.ts';
import { endpoint } from '../endpoint.ts';

/**
 * GET /_sotto/client/v1/policy: what the operator says for kinds of rooms, so that apps show it before they are refused.
 * @param verifiedOnly kinds whose keys go to verified people alone: only apps can see to that
 */
export const getPolicy = (encryption: EncryptionPolicy, verifiedOnly: readonly string[]) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/client/v1/policy',
    auth: 'guest',
    handle: async () => ({ encryption, verified_only: verifiedOnly }),
  });
