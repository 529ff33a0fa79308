import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouter, hrefOf, parseRoute, type Route } from './routes.ts';

const routes: Route[] = [
  { name: 'home' },
  { name: 'login' },
  { name: 'login', token: 'a/b' },
  { name: 'settings' },
  { name: 'invite', token: 'a/b?c' },
  { name: 'room', roomId: '!abc:example.org' },
  { name: 'room', roomId: '!a/b', panel: 'people' },
];

test('every route comes back from its own address', () => {
  for (const route of routes) assert.deepEqual(parseRoute(hrefOf(route)), route);
});

test('what is no address of ours leads home', () => {
  for (const hash of ['', '#', '#/', '#/room', '#/room/', '#/nowhere/x', '#/room/%E0%A4%A', '#/invite/']) {
    const route = parseRoute(hash);
    assert.ok(route.name === 'home' || (route.name === 'room' && route.roomId === '%E0%A4%A'), hash);
  }
});

function fakeWindow() {
  const entries: { hash: string; state: unknown }[] = [{ hash: '#/', state: null }];
  let at = 0;
  const listeners: (() => void)[] = [];
  return {
    get location() {
      return { hash: entries[at]!.hash };
    },
    history: {
      get state() {
        return entries[at]!.state;
      },
      pushState(state: unknown, _: string, url?: string | URL | null) {
        entries.splice(++at, Infinity, { hash: String(url), state });
      },
      replaceState(state: unknown, _: string, url?: string | URL | null) {
        entries[at] = { hash: String(url), state };
      },
      back() {
        at--;
        for (const listener of listeners) listener();
      },
    },
    addEventListener: (_: string, listener: () => void) => void listeners.push(listener),
  };
}

test('back takes the step that was made here, and otherwise leads where told', () => {
  const router = createRouter(fakeWindow());
  router.go({ name: 'room', roomId: '!a' });
  router.back({ name: 'settings' });
  assert.deepEqual(router.get(), { name: 'home' });
  router.back({ name: 'settings' });
  assert.deepEqual(router.get(), { name: 'settings' });
});

test('going where one is already makes no step', () => {
  const window = fakeWindow();
  const router = createRouter(window);
  let told = 0;
  router.subscribe(() => told++);
  router.go({ name: 'home' });
  assert.equal(told, 0);
  assert.equal(window.history.state, null);
});
