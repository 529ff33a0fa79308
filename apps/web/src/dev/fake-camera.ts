/** A camera that sees what a scene wants: nothing, a code, or a person who says no. */
import { drawCode } from '@sotto/ui/code/code.ts';

/** `wall` sees no code; the others see one: of the other side, of somebody else, or one for something else. */
export type FakeCamera = 'none' | 'refused' | 'busy' | 'wall' | 'right' | 'wrong' | 'foreign';

const errors: Partial<Record<FakeCamera, string>> = {
  none: 'NotFoundError',
  refused: 'NotAllowedError',
  busy: 'NotReadableError',
};
const codes: Partial<Record<FakeCamera, string>> = {
  right: 'MATRIX\x02\x00 the other side',
  wrong: 'MATRIX\x02\x00 wrong',
  foreign: 'https://havenline.example',
};

/** Bytes as a code of Lena's has them: long enough to look like one. */
export const shownCode = new Uint8Array(134).map((_, at) => 'MATRIX'.charCodeAt(at) || (at * 53 + 11) % 256);

/** Takes the place of the browser's cameras. */
export function putFakeCamera(camera: FakeCamera): void {
  const getUserMedia = async () => {
    const error = errors[camera];
    if (error) throw new DOMException('scripted', error);
    return streamOf(codes[camera]);
  };
  Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia } });
}

async function streamOf(code: string | undefined): Promise<MediaStream> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
  const context = canvas.getContext('2d');
  const drawn = code === undefined ? undefined : await drawCode(new TextEncoder().encode(code));
  const draw = () => {
    if (!context) return;
    context.fillStyle = '#c9d2d6';
    context.fillRect(0, 0, 640, 480);
    if (!drawn) return;
    const scale = 360 / drawn.size;
    context.setTransform(scale, 0, 0, scale, 140, 60);
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, drawn.size, drawn.size);
    context.fillStyle = '#000000';
    context.fill(new Path2D(drawn.path));
    context.setTransform(1, 0, 0, 1, 0, 0);
  };
  draw();
  const stream = canvas.captureStream(10);
  // A canvas gives a picture only when it is drawn on.
  const timer = setInterval(() => (stream.active ? draw() : clearInterval(timer)), 100);
  return stream;
}
