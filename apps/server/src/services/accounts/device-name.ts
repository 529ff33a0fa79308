import { fitsBytes, MatrixError } from '@sotto/protocol';

const maxNameBytes = 255;

/** Whether a device may be called so. @throws MatrixError M_INVALID_PARAM */
export function checkDeviceName(name: string | null | undefined): void {
  if (!fitsBytes(name ?? '', maxNameBytes))
    throw new MatrixError('M_INVALID_PARAM', `The name of a device has at most ${maxNameBytes} bytes.`);
}
