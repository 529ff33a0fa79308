import type { Audit } from '../../services/admin/audit.ts';
import { endpoint } from '../endpoint.ts';
import { NewestFirstQuery } from './page.ts';

/** GET /_sotto/admin/v1/audit-log: who changed what, newest first; `before` is the `position` of the last one seen. */
export const listAuditLog = (audit: Audit) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/audit-log',
    auth: 'admin',
    query: NewestFirstQuery,
    async handle({ query: { before, limit = 100 } }) {
      const entries = await audit.list({ before, limit });
      return {
        entries: entries.map(({ position, atMs, actor, action, target, details }) => ({
          ...{ position, actor, action, target },
          at: atMs,
          details: JSON.parse(details),
        })),
      };
    },
  });
