/**
 * What tests and benches lean on: a clock that stands still, folders that go away, a real server as a child process,
 * people on it, and a browser. Imports nothing of the server but starts it; only tests, bench/ and tools/ import this.
 */
export { type Answer, type Api, type ApiOptions, createApi, type JsonBody, said } from './api.ts';
export { asToken, type BridgeFixture, type BridgeOptions, hsToken, startBridge } from './bridge.ts';
export { launchBrowser } from './browser.ts';
export { costMs } from './cost.ts';
export { temporaryDatabase } from './database.ts';
export { createDice, type Dice } from './dice.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { temporaryFolder } from './folder.ts';
export { type HostileProxy, type HostileScript, type SeenRequest, startHostileProxy } from './hostile-proxy.ts';
export { type MailReceiver, type ReceivedMail, startMailReceiver } from './mail-receiver.ts';
export { openServerWith } from './open-server.ts';
export { type RegisterOptions, registerUser, type TestUser } from './people.ts';
export { type Received, type Receiver, type ReceiverAnswer, startReceiver } from './receiver.ts';
export { createTestRoom, type TestRoom } from './rooms.ts';
export { type StartServerOptions, startServer, type TestServer } from './server.ts';
export { patienceMs, type UntilOptions, until } from './until.ts';
