import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cameraFault, openCamera } from './camera.ts';

test('what a browser says about its camera is one of three things', () => {
  const named = (name: string) => cameraFault(new DOMException('', name));
  assert.equal(named('NotAllowedError'), 'refused');
  assert.equal(named('SecurityError'), 'refused');
  assert.equal(named('NotReadableError'), 'busy');
  assert.equal(named('AbortError'), 'busy');
  assert.equal(named('NotFoundError'), 'none');
  assert.equal(named('OverconstrainedError'), 'none');
  assert.equal(cameraFault('no error at all'), 'none');
});

test('a browser without cameras counts as one that has none', async () => {
  const fault = await openCamera(undefined).then(() => undefined, cameraFault);
  assert.equal(fault, 'none');
});
