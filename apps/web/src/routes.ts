/** Where one is, as the part of the address behind `#`: links can be shared, and Back works. */

import { createSource } from '@sotto/client/observable.ts';
import type { Observable } from '@sotto/client/types.ts';

export type Route =
  | { name: 'home' }
  /** With a token: back to the invite link after logging in. */
  | { name: 'login'; token?: string }
  | { name: 'invite'; token: string }
  | { name: 'room'; roomId: string; panel?: 'people' }
  | { name: 'settings' };

export interface Router extends Observable<Route> {
  go(route: Route): void;
  /** Goes there without a step in the history: for what nobody wants to come back to. */
  replace(route: Route): void;
  /** One step back if the step before was ours, else there. For the button that leads out of a pane on a phone. */
  back(otherwise: Route): void;
}

/** The address of a route, for `href`. */
export function hrefOf(route: Route): string {
  if (route.name === 'home') return '#/';
  if (route.name === 'invite') return `#/invite/${encodeURIComponent(route.token)}`;
  if (route.name === 'room') return `#/room/${encodeURIComponent(route.roomId)}${route.panel ? `/${route.panel}` : ''}`;
  if (route.name === 'login' && route.token !== undefined) return `#/login/${encodeURIComponent(route.token)}`;
  return `#/${route.name}`;
}

/** The route of an address; what isn't one of ours leads home. */
export function parseRoute(hash: string): Route {
  const [name, argument, rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode);
  if (name === 'settings') return { name };
  if (name === 'login') return argument ? { name, token: argument } : { name };
  if (name === 'invite' && argument) return { name, token: argument };
  if (name === 'room' && argument)
    return rest === 'people' ? { name, roomId: argument, panel: rest } : { name, roomId: argument };
  return { name: 'home' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The part of `window` that is used. */
export interface RouterWindow {
  readonly location: { readonly hash: string };
  readonly history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'state'>;
  addEventListener(type: 'popstate' | 'hashchange', listener: () => void): void;
}

/** Follows the address, and changes it. Lives as long as the page. */
export function createRouter(window: RouterWindow): Router {
  const cell = createSource<Route>(parseRoute(window.location.hash));
  const follow = () => {
    const route = parseRoute(window.location.hash);
    if (hrefOf(route) !== hrefOf(cell.get())) cell.set(route);
  };
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  const depth = (): number => (window.history.state as { depth?: number } | null)?.depth ?? 0;
  return {
    get: cell.get,
    subscribe: cell.subscribe,
    go(route) {
      if (hrefOf(route) === hrefOf(cell.get())) return;
      window.history.pushState({ depth: depth() + 1 }, '', hrefOf(route));
      cell.set(route);
    },
    replace(route) {
      window.history.replaceState({ depth: depth() }, '', hrefOf(route));
      cell.set(route);
    },
    back(otherwise) {
      if (depth() > 0) return window.history.back();
      window.history.replaceState({ depth: 0 }, '', hrefOf(otherwise));
      cell.set(otherwise);
    },
  };
}
