import { endpoint } from '../../endpoint.ts';

/** GET /versions (specification, "API standards"). */
export const getVersions = () =>
  endpoint({
    method: 'GET',
    path: '/versions',
    auth: 'none',
    limit: 'none',
    handle: async () => ({ versions, unstable_features: unstableFeatures }),
  });

const versions = ['r0.6.1', ...Array.from({ length: 19 }, (_, minor) => `v1.${minor + 1}`)];

const unstableFeatures = {
  'org.matrix.msc1763': true,
  'org.matrix.msc3391': true,
  'org.matrix.msc3757': true,
  'org.matrix.msc4140': true,
  'org.matrix.msc4155': true,
  'org.matrix.msc4306': true,
  'org.matrix.msc4486': true,
  'uk.half-shot.msc2666.query_mutual_rooms': true,
  'uk.half-shot.msc2666.query_mutual_rooms.stable': true,
  'uk.tcpip.msc4133': true,
  'uk.tcpip.msc4133.stable': true,
  'org.matrix.msc3814': true,
  'org.matrix.msc4222': true,
  'org.matrix.simplified_msc3575': true,
  'org.matrix.msc3030': true,
  'org.matrix.msc3856': true,
  'org.matrix.msc3874': true,
  'org.matrix.e2e_cross_signing': true,
};
