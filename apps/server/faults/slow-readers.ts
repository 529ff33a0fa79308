import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createTestRoom, registerUser, startServer, type TestServer, until } from '@sotto/testing';
import { defineFault, type Stage, upTo } from './fault.ts';

const mostGrowthMb = 100;
const answerMb = 1;
/** How many ask in the same moment. */
const wave = 50;

/** C9: clients that ask for a large page or a file and then read it byte by byte. */
export const slowReaders = defineFault({
  name: 'slow-readers',
  sentence: 'C9: clients that read a byte a second cost little memory, and others are served meanwhile',
  small: { clients: 150, seconds: 2 },
  full: { clients: 1000, seconds: 60 },
  async run(stage, { clients, seconds }) {
    const server = await startServer();
    stage.after(server.stop);
    const mira = await registerUser(server, 'mira');
    const room = await createTestRoom(mira);
    const text = 'x'.repeat(60_000);
    for (const _ of upTo(Math.ceil((answerMb * 2 ** 20) / text.length))) await room.say(mira, text);
    const page = room.at('messages?dir=b&limit=100').replace('/v3/', '/_matrix/client/v3/');
    const upload = await mira.call('POST', '/_matrix/media/v3/upload', text.repeat(50));
    const file = `/_matrix/client/v1/media/download/${upload.content_uri.slice('mxc://'.length)}`;
    // What those who read at once leave behind for the garbage collector is not counted.
    for (const _ of upTo(4))
      await Promise.all(upTo(wave).map((index) => mira.api('GET', index % 2 === 0 ? page : file)));
    const before = residentMb(server);
    let most = before;
    const sockets: Socket[] = [];
    let [asked, received] = [0, 0];
    while (asked < clients) {
      for (const _ of upTo(Math.min(wave, clients - asked))) {
        const path = asked++ % 2 === 0 ? page : file;
        sockets.push(readSlowly(stage, server, { path, token: mira.accessToken, onBegin: () => received++ }));
      }
      await until(() => received === asked, { what: 'each got the beginning of an answer' });
    }
    for (let second = 1; second <= seconds; second++) {
      const nextMs = performance.now() + 1000;
      await until(() => performance.now() >= nextMs);
      for (const socket of sockets) socket.read(1);
      const begunMs = performance.now();
      assert.equal((await mira.api('GET', '/v3/account/whoami')).status, 200);
      most = Math.max(most, residentMb(server));
      const waited = Math.round(performance.now() - begunMs);
      if (second % 10 === 0) stage.say(`${second} s: ${Math.round(most - before)} MB more, answered in ${waited} ms`);
    }
    assert.ok(most - before <= mostGrowthMb, `from ${Math.round(before)} to ${Math.round(most)} MB`);
    return `${clients} clients, ${Math.round(most - before)} MB more than before`;
  },
});

const residentMb = ({ pid }: TestServer) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

interface SlowRequest {
  path: string;
  token: string;
  onBegin(): void;
}

/** Asks, and takes nothing of the answer that it is not told to read. */
function readSlowly(stage: Stage, server: TestServer, { path, token, onBegin }: SlowRequest): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  stage.after(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.once('readable', onBegin);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return socket;
}
