/** The camera of this device, for reading a code: opened when somebody scans, and closed with the view. */

/**
 * Why there is no picture. `none`: no camera, or a browser or an address that gives none. `refused`: the person or the
 * system said no. `busy`: another app has it.
 */
export type CameraFault = 'none' | 'refused' | 'busy';

/** What a browser's refusal means (W3C Media Capture and Streams, "getUserMedia"). */
export function cameraFault(error: unknown): CameraFault {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'none';
}

/** The camera that looks away from the person, where there are two. Rejects as `cameraFault` tells. */
export async function openCamera(devices: Pick<MediaDevices, 'getUserMedia'> | undefined): Promise<MediaStream> {
  if (!devices) throw new Error('no camera in this browser, or not at this address');
  return devices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}

/** Ends the camera; its light goes out. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
