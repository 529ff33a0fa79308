import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '@sotto/testing';
import { noRateLimits } from './rate-limit.ts';
import { createHttpServer } from './server.ts';

test('B12: the web app comes with a policy that lets nothing foreign run, and no path leads out of its folder', async (t) => {
  const folder = temporaryFolder(t);
  const dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret'), 'canary');
  writeFileSync(join(dist, 'index.html'), '<!doctype html>');
  writeFileSync(join(dist, 'assets', 'app-1a2b.js'), 'export {};');
  const fail = { error: assert.fail, warn: assert.fail, info: assert.fail, debug: assert.fail };
  const server = createHttpServer({
    findRequester: async () => undefined,
    limiter: noRateLimits,
    logging: fail,
    endpoints: [],
    webAppDir: dist,
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());

  for (const path of ['/', '/assets/app-1a2b.js']) {
    const answer = await fetch(url + path);
    assert.equal(answer.status, 200);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      assert.ok(policy.includes(part), `${path}: ${part}`);
    assert.doesNotMatch(policy.replaceAll("'wasm-unsafe-eval'", ''), /unsafe|https?:|\*/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  }

  /** As no browser would write it: a path is sent as it is. */
  const ask = (path: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      let text = '';
      socket.on('error', () => undefined).on('close', () => resolve(text));
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    });
  for (const path of [
    '/../secret',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/assets/..%5c..%5csecret',
    '/%00/../secret',
    '//etc/passwd',
    '/assets/%2e%2e%2f%2e%2e%2fsecret',
    '/%c0%ae%c0%ae/secret',
  ]) {
    const text = await ask(path);
    assert.match(text, /^HTTP\/1\.1 4\d\d /, path);
    assert.ok(!text.includes('canary'), path);
  }
});
