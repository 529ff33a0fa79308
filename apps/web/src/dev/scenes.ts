/** Every screen and state that is looked at, by name: what the session is, and where the address leads. */
import type { FakeOptions } from './fake-session.ts';

export interface Scene {
  hash: string;
  fake?: Partial<FakeOptions>;
  /** A button to press first, by its place in the page. */
  press?: readonly string[];
}

const room = `#/room/${encodeURIComponent('!night:x')}`;
const signedOut = { phase: { kind: 'signed-out' } } as const;

export const scenes = {
  login: { hash: '#/login', fake: signedOut },
  'login-fault': { hash: '#/login', fake: signedOut, press: ['button[type=submit]'] },
  'first-run': { hash: '#/invite/first', fake: { ...signedOut, firstRun: true } },
  register: { hash: '#/invite/token', fake: signedOut },
  'register-fault': { hash: '#/invite/token', fake: signedOut, press: ['button[type=submit]'] },
  'invite-used': { hash: '#/invite/token', fake: { ...signedOut, problem: { kind: 'bad-invite-link' } } },
  expired: { hash: '#/login', fake: { phase: { kind: 'expired' } } },
  starting: { hash: '#/', fake: { phase: { kind: 'starting', step: 'sync' } } },
  elsewhere: { hash: '#/', fake: { phase: { kind: 'elsewhere' } } },
  failed: { hash: '#/', fake: { phase: { kind: 'failed', problem: { kind: 'network' } } } },
  rooms: { hash: '#/' },
  'rooms-empty': { hash: '#/', fake: { noRooms: true } },
  'new-menu': { hash: '#/', press: ['[aria-haspopup=menu]'] },
  'new-direct': { hash: '#/', press: ['[aria-haspopup=menu]', '[role=menuitem]:nth-child(1)'] },
  'new-room': { hash: '#/', press: ['[aria-haspopup=menu]', '[role=menuitem]:nth-child(2)'] },
  finder: { hash: '#/', press: ['body'] },
  conversation: { hash: room },
  people: { hash: `${room}/people` },
  invite: { hash: room, press: ['section header [aria-haspopup=menu]', '[role=menuitem]:nth-child(1)'] },
  leave: { hash: room, press: ['section header [aria-haspopup=menu]', '[role=menuitem]:nth-child(2)'] },
  invitation: { hash: `#/room/${encodeURIComponent('!board:x')}` },
  unencrypted: { hash: `#/room/${encodeURIComponent('!announcements:x')}` },
  'new-room-open': { hash: `#/room/${encodeURIComponent('!elif:x')}` },
  broken: { hash: room, fake: { broken: true } },
  gone: { hash: '#/room/!nowhere:x' },
  'link-failed': { hash: '#/invite/token', fake: { problem: { kind: 'bad-invite-link' } } },
  settings: { hash: '#/settings' },
  'log-out': { hash: '#/settings', press: ['main section section:last-child button'] },
  long: { hash: room, fake: { messages: 10_000, loaded: 10_000 } },
  paged: { hash: room, fake: { messages: 400 } },
} satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;
