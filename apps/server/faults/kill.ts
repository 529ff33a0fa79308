import assert from 'node:assert/strict';
import { startServer, until } from '@sotto/testing';
import { defineFault } from './fault.ts';
import { createWriters } from './writers.ts';

/** C1: nobody can know when a process is killed, so it is killed after a random number of acknowledgements. */
export const kill = defineFault({
  name: 'kill',
  sentence: 'C1: kill -9 under many writers loses no acknowledged message and doubles none',
  small: { writers: 10, kills: 4, mostBetween: 60 },
  full: { writers: 50, kills: 1000, mostBetween: 200 },
  async run(stage, { writers: count, kills, mostBetween }) {
    const server = await startServer();
    stage.after(server.stop);
    const writers = await createWriters({ server, count });
    const writing = writers.start();
    stage.after(writing.stop);
    for (let killed = 1; killed <= kills; killed++) {
      const goal = writers.acknowledged() + Math.ceil(Math.random() * mostBetween);
      await until(() => writers.acknowledged() >= goal, { deadlineMs: 60_000, what: 'more is acknowledged' });
      await server.kill9();
      await server.restart();
      if (killed % 50 === 0) stage.say(`${killed} kills, ${writers.acknowledged()} acknowledged`);
    }
    await writing.stop();
    assert.deepEqual([...writers.refusals], [], 'whoever got an answer was acknowledged');
    await writers.check();
    return `${kills} kills, ${writers.acknowledged()} messages`;
  },
});
