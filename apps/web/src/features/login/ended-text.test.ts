import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from '../../i18n/catalogues.ts';
import { endedText } from './ended-text.ts';

const t = await loadCatalogue('en');
const evicted = { kind: 'expired', isEvicted: true } as const;

test('what was on a device alone when it was deleted there is named, and nothing else', () => {
  const { login: l } = t;
  assert.equal(endedText(t, { kind: 'expired' }), l.expired);
  assert.equal(endedText(t, evicted), l.evicted);
  assert.equal(endedText(t, { ...evicted, lost: { unsavedKeys: 0, unsentMessages: 0 } }), l.evicted);
  assert.equal(
    endedText(t, { ...evicted, lost: { unsavedKeys: 3, unsentMessages: 1 } }),
    `${l.evicted} ${l.evictedKeys(3)} ${l.evictedUnsent(1)}`,
  );
  assert.equal(
    endedText(t, { ...evicted, lost: { unsavedKeys: undefined, unsentMessages: 0 } }),
    `${l.evicted} ${l.evictedKeysUnknown}`,
  );
});
