import { type Pixels, readCode } from '@sotto/ui/code/code.ts';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type CameraFault, cameraFault, closeCamera, openCamera } from './camera.ts';

export type ScannerState = 'asking' | 'live' | CameraFault;

export interface Scanner {
  state: ScannerState;
  video: RefObject<HTMLVideoElement | null>;
  /** Asks for the camera once more. */
  retry(): void;
}

/** Looks through the camera as long as the view stands. `onCode` hears each code once, until another comes into view. */
export function useScanner(onCode: (bytes: Uint8Array) => Promise<void>): Scanner {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<ScannerState>('asking');
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(onCode);
  latest.current = onCode;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each attempt
  useEffect(() => {
    let stream: MediaStream | undefined;
    let stop = () => {};
    let isOver = false;
    setState('asking');
    const start = async () => {
      const opened = await openCamera(navigator.mediaDevices);
      if (isOver || !video.current) return closeCamera(opened);
      stream = opened;
      video.current.srcObject = opened;
      await video.current.play();
      if (isOver) return;
      setState('live');
      stop = watch(video.current, (bytes) => latest.current(bytes));
    };
    start().catch((error: unknown) => !isOver && setState(cameraFault(error)));
    return () => {
      isOver = true;
      stop();
      if (stream) closeCamera(stream);
    };
  }, [attempt]);
  return { state, video, retry: () => setAttempt((before) => before + 1) };
}

const lookEveryMs = 120;
/** Wider pictures are made smaller: it costs time and reads no better. */
const widest = 960;

/** Looks at one picture after the other, never at two at once. Resolves to what ends it. */
function watch(video: HTMLVideoElement, onCode: (bytes: Uint8Array) => Promise<void>): () => void {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let timer: ReturnType<typeof setTimeout>;
  let isOver = false;
  let last = '';
  const look = async () => {
    const image = context && pictureOf(video, context);
    const bytes = image && (await readCode(image));
    if (isOver) return;
    if (bytes && bytes.join() !== last) {
      last = bytes.join();
      await onCode(bytes);
    }
    if (!isOver) timer = setTimeout(look, lookEveryMs);
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

function pictureOf(video: HTMLVideoElement, context: CanvasRenderingContext2D): Pixels | undefined {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0) return undefined;
  const scale = Math.min(1, widest / videoWidth);
  const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
  if (context.canvas.width !== width || context.canvas.height !== height) {
    Object.assign(context.canvas, { width, height });
  }
  context.drawImage(video, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
