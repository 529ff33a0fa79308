/** Every screen and state that is looked at, by name: what the session is, and where the address leads. */
import type { EncryptionRule, RecoveryState, RoomTrust, VerificationPhase } from '@sotto/client/trust-types.ts';
import type { RoomDetails } from '@sotto/client/types.ts';
import { type FakeCamera, shownCode } from './fake-camera.ts';
import type { FakeOptions } from './fake-session.ts';
import { jonas, lena, mira } from './fake-world.ts';

export interface Scene {
  hash: string;
  fake?: Partial<FakeOptions>;
  /** Buttons to press first, by their place in the page; `SELECTOR = text` fills a field. */
  press?: readonly string[];
  /** What the camera sees. */
  camera?: FakeCamera;
  /** What has to stand there before one looks: it comes by other ways than an answer of the session. */
  until?: string;
  /** For what shows only when it lasts: how long that is. */
  lastsMs?: number;
}

const room = `#/room/${encodeURIComponent('!night:x')}`;
const saved = { kind: 'saved' } as const;
const recovery = (state: RecoveryState) => ({ trust: { recovery: state } });
const notSetUp = recovery({ kind: 'not-set-up', backup: { kind: 'off' } });
const locked = recovery({ kind: 'locked', ways: { key: true, password: true }, hasOtherSession: true });
const neverSaved = (hasOtherSession: boolean) =>
  recovery({ kind: 'locked', ways: { key: false, password: false }, hasOtherSession });
const banner = '[role=status] button';
const verifying = (phase: VerificationPhase) => ({ hash: room, fake: { trust: { verification: { phase } } } });
const own = { other: lena, isOwnSession: true, deviceId: 'PHONEPHONE' };
const verifyingOwn = (phase: VerificationPhase) => ({
  hash: '#/settings',
  fake: { trust: { verification: { ...own, phase } } },
});
const choosing: VerificationPhase = { kind: 'choosing', canEmoji: true, canScan: true, qr: shownCode };
const scanning = (camera: FakeCamera, until: string) => ({
  ...verifying(choosing),
  camera,
  until,
  press: ['dialog div > button:nth-child(2)'],
});
const emoji: VerificationPhase = {
  kind: 'emoji',
  ids: [10, 53, 17, 24, 61, 43, 44],
  decimals: [1870, 4032, 7291],
};
const resetOfMira: RoomTrust = {
  shield: 'red',
  reasons: [
    { kind: 'identity-changed', who: [mira] },
    { kind: 'not-everyone-verified', who: [jonas] },
  ],
  changedIdentities: [{ ...mira, wasVerified: true, masterKey: 'new' }],
  sendBlockedBy: [mira],
  isVerifiedOnly: false,
  canEnableEncryption: false,
  canContinueUnencrypted: true,
};
const canTurnOn: RoomTrust = {
  shield: 'none',
  reasons: [],
  changedIdentities: [],
  sendBlockedBy: [],
  isVerifiedOnly: false,
  canEnableEncryption: true,
  canContinueUnencrypted: false,
};
const calm: RoomTrust = { ...canTurnOn, shield: 'green', canEnableEncryption: false, canContinueUnencrypted: true };
const open = `#/room/${encodeURIComponent('!announcements:x')}`;
const moved = (successor: Omit<NonNullable<RoomDetails['successor']>, 'roomId'>) => ({
  hash: room,
  fake: { moved: { successor: { roomId: '!board:x', ...successor } } },
});
const policy = (rule: EncryptionRule) => ({
  trust: { policy: { encryption: { direct: rule, private: rule, public: rule, team: rule }, verifiedOnly: [] } },
});
const newMenu = (item: number) => ['[aria-haspopup=menu]', `[role=menuitem]:nth-child(${item})`];
const securityMenu = ['section header [aria-haspopup=menu]', '[role=menuitem]:nth-child(2)'];
const submit = 'dialog button[type=submit]';
const next = 'dialog:not([role]) button[data-autofocus]';
const alertNext = 'dialog[role=alertdialog] button[data-autofocus]';
const encryption = '[aria-labelledby=settings-encryption]';
const signedOut = { phase: { kind: 'signed-out' } } as const;

const sessionMenu = (row: number) => `[aria-labelledby=settings-sessions] li:nth-child(${row}) [aria-haspopup=menu]`;

export const scenes = {
  login: { hash: '#/login', fake: signedOut },
  'login-fault': { hash: '#/login', fake: signedOut, press: ['button[type=submit]'] },
  'first-run': { hash: '#/invite/first', fake: { ...signedOut, firstRun: true } },
  register: { hash: '#/invite/token', fake: signedOut },
  'register-fault': { hash: '#/invite/token', fake: signedOut, press: ['button[type=submit]'] },
  'invite-used': { hash: '#/invite/token', fake: { ...signedOut, problem: { kind: 'bad-invite-link' } } },
  expired: { hash: '#/login', fake: { phase: { kind: 'expired' } } },
  evicted: { hash: '#/login', fake: { phase: { kind: 'expired', isEvicted: true } } },
  'evicted-in-use': {
    hash: '#/login',
    fake: { phase: { kind: 'expired', isEvicted: true, lost: { unsavedKeys: 12, unsentMessages: 1 } } },
  },
  starting: { hash: '#/', fake: { phase: { kind: 'starting', step: 'sync' } }, lastsMs: 400 },
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
  leave: { hash: room, press: ['section header [aria-haspopup=menu]', '[role=menuitem]:nth-child(3)'] },
  invitation: { hash: `#/room/${encodeURIComponent('!board:x')}` },
  unencrypted: { hash: `#/room/${encodeURIComponent('!announcements:x')}` },
  'new-room-open': { hash: `#/room/${encodeURIComponent('!elif:x')}` },
  broken: { hash: room, fake: { broken: true } },
  gone: { hash: '#/room/!nowhere:x', lastsMs: 3400 },
  'link-failed': { hash: '#/invite/token', fake: { problem: { kind: 'bad-invite-link' } } },
  settings: { hash: '#/settings' },
  'log-out': { hash: '#/settings', press: ['main section section:last-child button'] },
  long: { hash: room, fake: { messages: 10_000, loaded: 10_000 } },
  'closed-run': { hash: room, fake: { closed: true } },
  doubtful: { hash: room, fake: { doubtful: true } },
  paged: { hash: room, fake: { messages: 400 } },
  'save-choose': { hash: room, fake: notSetUp, press: [banner] },
  'save-key': { hash: room, fake: notSetUp, press: [banner, next] },
  'save-wrong': { hash: room, fake: notSetUp, press: [banner, next, alertNext, 'dialog input = wrong', submit] },
  'save-words': { hash: room, fake: notSetUp, press: [banner, 'dialog label:nth-of-type(2)', next] },
  'save-own': {
    hash: room,
    fake: notSetUp,
    press: [banner, 'dialog label:nth-of-type(2)', next, 'dialog form > button', 'dialog input = seventeen letters'],
  },
  'save-weak': {
    hash: room,
    fake: notSetUp,
    press: [banner, 'dialog label:nth-of-type(2)', next, 'dialog form > button', 'dialog input = too short'],
  },
  'save-account-password': {
    hash: room,
    fake: notSetUp,
    press: [
      banner,
      'dialog label:nth-of-type(2)',
      next,
      'dialog form > button',
      'dialog input = wrong as the account’s',
      submit,
    ],
  },
  'save-both': { hash: room, fake: notSetUp, press: [banner, 'dialog label:nth-of-type(3)', next, submit] },
  'save-resume': {
    hash: room,
    fake: recovery({ kind: 'unsaved', ways: { key: true, password: false }, backup: saved }),
    press: [banner],
  },
  'save-done': { hash: room, fake: notSetUp, press: [banner, next, alertNext, 'dialog input = EsTv', submit] },
  locked: { hash: '#/', fake: locked },
  'never-saved': { hash: '#/', fake: neverSaved(true) },
  'nothing-left': { hash: '#/', fake: neverSaved(false) },
  'broken-elsewhere': { hash: '#/', fake: recovery({ kind: 'broken', what: 'storage', canRepair: false }) },
  unlock: { hash: room, fake: locked, press: [banner] },
  'unlock-wrong': { hash: room, fake: locked, press: [banner, 'dialog input = wrong password', submit] },
  unlocked: { hash: room, fake: locked, press: [banner, 'dialog input = right password', submit] },
  restoring: {
    hash: room,
    fake: { trust: { ...locked.trust, restoringAt: 1843 } },
    press: [banner, 'dialog input = right password', submit, 'dialog header ~ div button:first-child'],
  },
  'settings-locked': { hash: '#/settings', fake: locked },
  reset: { hash: room, fake: locked, press: [banner, 'dialog form > button'] },
  'recovery-broken': {
    hash: '#/settings',
    fake: recovery({ kind: 'broken', what: 'storage', canRepair: true }),
  },
  'password-told': {
    hash: '#/settings',
    fake: recovery({
      kind: 'ready',
      ways: { key: false, password: true, isPasswordTold: true },
      backup: saved,
    }),
  },
  'backup-alarm': {
    hash: '#/',
    fake: recovery({ kind: 'ready', ways: { key: true, password: true }, backup: { kind: 'alarm', what: 'deleted' } }),
  },
  'settings-check': { hash: '#/settings', press: [`${encryption} button`, 'dialog input = right', submit] },
  'settings-check-wrong': { hash: '#/settings', press: [`${encryption} button`, 'dialog input = wrong', submit] },
  'settings-closed-backup': {
    hash: '#/settings',
    fake: { trust: { isBackupClosed: true } },
    press: [`${encryption} button:nth-child(2)`, next, 'dialog [name=recovery] = wrong', submit],
  },
  'settings-unanswered': {
    hash: '#/settings',
    fake: { trust: { isUnanswered: true } },
    press: [`${encryption} button:nth-child(2)`, next],
  },
  'settings-export': { hash: '#/settings', press: [`${encryption} div + div > div button:nth-child(1)`, submit] },
  'settings-import': { hash: '#/settings', press: [`${encryption} div + div > div button:nth-child(2)`, submit] },
  'log-out-unsaved': {
    hash: '#/settings',
    fake: { trust: { losses: { unsavedKeys: 12 } } },
    press: ['main section section:last-child button'],
  },
  'log-out-nothing-saved': {
    hash: '#/settings',
    fake: {
      trust: { ...notSetUp.trust, losses: { hasSavedRecovery: false, hasOtherSession: false } },
    },
    press: ['main section section:last-child button'],
  },
  'log-out-elsewhere': {
    hash: '#/settings',
    fake: { trust: { losses: { hasSavedRecovery: false } } },
    press: ['main section section:last-child button'],
  },
  'verify-incoming': verifying({ kind: 'incoming' }),
  'verify-incoming-own': verifyingOwn({ kind: 'incoming' }),
  'verify-waiting': verifying({ kind: 'waiting', for: 'answer' }),
  'verify-choose': verifying({ kind: 'choosing', canEmoji: true, canScan: false }),
  'verify-choose-own': verifyingOwn({ kind: 'choosing', canEmoji: true, canScan: false }),
  'verify-code': { ...verifying(choosing), until: 'dialog figure svg' },
  'verify-code-own': { ...verifyingOwn(choosing), until: 'dialog figure svg' },
  'verify-nothing': verifying({ kind: 'choosing', canEmoji: false, canScan: false }),
  'scan-live': scanning('wall', 'dialog video'),
  'scan-none': scanning('none', 'dialog [role=alert]'),
  'scan-refused': scanning('refused', 'dialog [role=alert]'),
  'scan-busy': scanning('busy', 'dialog [role=alert]'),
  'scan-foreign': scanning('foreign', 'dialog [role=alert]'),
  'scan-wrong': scanning('wrong', 'dialog[role=alertdialog]'),
  'scan-right': scanning('right', 'dialog:not(:has(video)) [role=status]'),
  'verify-scanned': verifying({ kind: 'scanned' }),
  'verify-scanned-own': verifyingOwn({ kind: 'scanned' }),
  'verify-start': verifying({ kind: 'waiting', for: 'start' }),
  'verify-confirmed': verifying({ kind: 'waiting', for: 'confirmation' }),
  'verify-confirmed-own': verifyingOwn({ kind: 'waiting', for: 'confirmation' }),
  'verify-waiting-own': verifyingOwn({ kind: 'waiting', for: 'answer' }),
  'verify-emoji': verifying(emoji),
  'verify-emoji-own': verifyingOwn(emoji),
  'verify-numbers': { ...verifying(emoji), press: ['dialog div > button'] },
  'verify-mismatch': verifying({ kind: 'cancelled', by: 'us', why: 'mismatch' }),
  'verify-mismatch-own': verifyingOwn({ kind: 'cancelled', by: 'us', why: 'mismatch' }),
  'verify-late': verifying({ kind: 'cancelled', by: 'them', why: 'timed-out' }),
  'verify-failed': verifying({ kind: 'cancelled', by: 'us', why: 'failed' }),
  'verify-two-ways': verifying({ kind: 'cancelled', by: 'them', why: 'two-ways' }),
  'verify-declined': verifying({ kind: 'cancelled', by: 'them', why: 'declined' }),
  'verify-done': verifying({ kind: 'done' }),
  'verify-done-own': verifyingOwn({ kind: 'done' }),
  person: { hash: `${room}/people`, press: ['aside li:nth-child(3) button'] },
  'person-verified': { hash: `${room}/people`, press: ['aside li:nth-child(4) button'] },
  'person-guest': {
    hash: `${room}/people`,
    fake: { trust: { identity: { kind: 'guest' } } },
    press: ['aside li:nth-child(3) button'],
  },
  'person-new-identity': {
    hash: `${room}/people`,
    fake: { trust: { identity: { kind: 'changed', wasVerified: false, masterKey: 'new' } } },
    press: ['aside li:nth-child(3) button'],
  },
  'by-hand': {
    hash: `${room}/people`,
    press: ['aside li:nth-child(3) button', 'aside summary', 'aside details button'],
  },
  'person-changed': {
    hash: `${room}/people`,
    fake: { trust: { identity: { kind: 'changed', wasVerified: true, masterKey: 'new' }, room: resetOfMira } },
    press: ['aside li:nth-child(3) button'],
  },
  'people-red': { hash: `${room}/people`, fake: { trust: { room: resetOfMira } } },
  blocked: { hash: room, fake: { trust: { room: resetOfMira } } },
  'blocked-new-identity': {
    hash: room,
    fake: {
      trust: { room: { ...resetOfMira, changedIdentities: [{ ...mira, wasVerified: false, masterKey: 'new' }] } },
    },
  },
  'blocked-replaced': {
    hash: room,
    fake: {
      trust: { room: { ...resetOfMira, changedIdentities: [{ ...mira, wasVerified: true, masterKey: 'replaced' }] } },
    },
    press: ['[role=alert] div div div button:nth-child(2)'],
    until: '[role=alert] div div div + *',
  },
  'blocked-unverified': {
    hash: room,
    fake: { trust: { room: { ...calm, shield: 'grey', sendBlockedBy: [jonas, mira], isVerifiedOnly: true } } },
  },
  'blocked-by-organisation': {
    hash: room,
    fake: {
      trust: {
        room: { ...calm, shield: 'grey', sendBlockedBy: [jonas], isVerifiedOnly: true, isVerifiedOnlySet: true },
      },
    },
  },
  'room-security': { hash: room, fake: { trust: { room: resetOfMira } }, press: securityMenu },
  'turn-on': {
    hash: open,
    fake: { trust: { room: canTurnOn } },
    press: [...securityMenu, '[role=switch]'],
  },
  continue: { hash: room, fake: { trust: { room: calm } }, press: [...securityMenu, '[role=switch]'] },
  'security-calm': { hash: room, fake: { trust: { room: calm } }, press: securityMenu },
  'security-forced': {
    hash: room,
    fake: { trust: { room: { ...calm, canContinueUnencrypted: false, encryptionRule: 'forced' } } },
    press: securityMenu,
  },
  'security-verified': {
    hash: room,
    fake: { trust: { room: { ...calm, isVerifiedOnly: true, isVerifiedOnlySet: true } } },
    press: securityMenu,
  },
  'security-forbidden': {
    hash: open,
    fake: { trust: { room: { ...canTurnOn, canEnableEncryption: false, encryptionRule: 'forbidden' } } },
    press: securityMenu,
  },
  moved: moved({ membership: 'invite', isProven: true, isEncrypted: false }),
  'moved-on': moved({ membership: 'join', isProven: true, isEncrypted: true }),
  'moved-without': moved({ membership: 'none', isProven: true }),
  'moved-unproven': moved({ membership: 'invite', isProven: false }),
  follows: { hash: room, fake: { moved: { predecessor: { roomId: '!summer:x' } } } },
  'new-room-forced': { hash: '#/', fake: policy('forced'), press: newMenu(2) },
  'new-room-forbidden': { hash: '#/', fake: policy('forbidden'), press: newMenu(2) },
  'new-direct-open': { hash: '#/', fake: policy('forbidden'), press: newMenu(1) },
  'verify-incoming-changed': {
    hash: room,
    fake: { trust: { verification: { isAfterChange: true, phase: { kind: 'incoming' } } } },
  },
  'new-login': { hash: '#/', fake: { trust: { newLogin: true } } },
  'settings-keys': {
    hash: '#/settings',
    fake: { trust: { restoringAt: 1843 } },
    until: `${encryption} > div:nth-of-type(3):has(+ div + div) button`,
  },
  'settings-fetching': {
    hash: '#/settings',
    fake: { trust: { restoringAt: 1843 } },
    press: [`${encryption} > div:nth-of-type(3):has(+ div + div) button`],
  },
  fingerprint: { hash: '#/settings', press: [sessionMenu(1), '[role=menuitem]:nth-child(2)'] },
  'by-hand-own': { hash: '#/settings', press: [sessionMenu(3), '[role=menuitem]:nth-child(2)'] },
  'sign-out-others': { hash: '#/settings', press: ['[aria-labelledby=settings-sessions] > button'] },
  'sign-out': {
    hash: '#/settings',
    press: [sessionMenu(2), '[role=menuitem]:nth-child(2)'],
  },
} satisfies Record<string, Scene>;

export type SceneName = keyof typeof scenes;
