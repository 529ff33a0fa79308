import type { Readable } from 'node:stream';
import { MatrixError } from '@sotto/protocol';
import type { Requester } from '../../../services/accounts/requester.ts';
import type { Upload } from '../../../services/media/index.ts';

interface UploadCall {
  requester: Requester;
  query: { filename?: string };
  headers: Readonly<Record<string, string | string[] | undefined>>;
  stream: Readable;
}

/** The longest pause between two pieces of an upload, in milliseconds. */
const longestPauseMs = 30_000;

/** What a request uploads. @throws MatrixError M_TOO_LARGE when it says itself that it is too long */
export function readUpload({ requester, query, headers, stream }: UploadCall, maxBytes: number): Upload {
  if (Number(headers['content-length'] ?? 0) > maxBytes)
    throw new MatrixError('M_TOO_LARGE', `A file may have at most ${maxBytes} bytes here.`);
  const type = headers['content-type'];
  return {
    userId: requester.userId,
    bytes: steadily(stream),
    contentType: typeof type === 'string' ? type : undefined,
    fileName: query.filename,
  };
}

/** The bytes, as long as they keep coming: who trickles or falls silent is not waited for. */
async function* steadily(stream: Readable): AsyncGenerator<Uint8Array> {
  let isLate = false;
  const onSilence = () => {
    isLate = true;
    stream.destroy(Object.assign(new Error('no bytes came'), { code: 'ECONNRESET' }));
  };
  let timer = setTimeout(onSilence, longestPauseMs);
  try {
    // Whoever stops reading early must still be able to answer: the rest is thrown away by the server.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(onSilence, longestPauseMs);
    }
  } catch (error) {
    if (isLate) throw new MatrixError('M_UNKNOWN', 'The upload fell silent.', { status: 408 });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
