import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process did to a file, in the order of its ends. Times are in seconds since 1970. */
export type DiskOperation = {
  /** The last part of the path. */
  file: string;
  beginS: number;
  endS: number;
} & ({ kind: 'write'; at: number; data: Buffer } | { kind: 'sync' } | { kind: 'truncate'; size: number });

/** What strace is to follow and how it is to say it; its output then lies in `FOLDER/trace.THREAD`. */
export const straceArguments = (folder: string, files: readonly string[]): string[] => [
  ...['-ff', '-qq', '-ttt', '-T', '-y', '-xx', '-s', '1000000', '-o', join(folder, 'trace')],
  ...['-e', 'trace=write,pwrite64,fdatasync,fsync,ftruncate', '-e', 'signal=none'],
  ...files.flatMap((file) => ['-P', join(folder, file)]),
];

/** Reads back what strace wrote: a file for each thread, so that no line is broken into two. */
export function readTrace(folder: string): DiskOperation[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('trace.'))
    .flatMap((name) => readFileSync(join(folder, name), 'latin1').split('\n').flatMap(parseLine))
    .sort((a, b) => a.endS - b.endS);
}

const line = /^(\d+\.\d+) (\w+)\(\d+<([^>]+)>(?:, (.*))?\)\s+= (-?\d+).*<(\d+\.\d+)>$/;

function parseLine(text: string): DiskOperation[] {
  const [, begin, call, path = '', rest = '', result, took] = line.exec(text) ?? [];
  if (call === undefined || Number(result) < 0) return [];
  const beginS = Number(begin);
  const shared = { file: fileName(path), beginS, endS: beginS + Number(took) };
  if (call === 'fsync' || call === 'fdatasync') return [{ ...shared, kind: 'sync' }];
  if (call === 'ftruncate') return [{ ...shared, kind: 'truncate', size: Number(rest) }];
  const [, quoted = '', at = '0'] = /^"([^"]*)", \d+(?:, (\d+))?$/.exec(rest) ?? [];
  const data = fromHex(quoted).subarray(0, Number(result));
  return [{ ...shared, kind: 'write', at: Number(at), data }];
}

const fromHex = (text: string) => Buffer.from(text.replaceAll('\\x', ''), 'hex');

/** Paths are said in hexadecimal too. */
const fileName = (path: string) => (path.startsWith('\\x') ? fromHex(path).toString() : path).split('/').at(-1) ?? '';
