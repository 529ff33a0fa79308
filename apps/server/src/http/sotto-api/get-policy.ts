import type { EncryptionPolicy } from '../../services/policy/index.ts';
import { endpoint } from '../endpoint.ts';

/** GET /_sotto/client/v1/policy: what the operator says for kinds of rooms, so that apps show it before they are refused. */
export const getPolicy = (encryption: EncryptionPolicy) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/client/v1/policy',
    auth: 'guest',
    handle: async () => {
      const { verifiedOnly, ...rules } = encryption;
      return { encryption: rules, verified_only: verifiedOnly };
    },
  });
