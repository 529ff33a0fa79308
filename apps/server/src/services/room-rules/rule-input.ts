import { MatrixError } from '@sotto/protocol';
import type { PowerLevels } from './power-levels.ts';
import type { EventToAuthorise, RoomState, StateEventLike } from './room-state.ts';
import type { RoomVersion } from './room-versions.ts';

/** What each authorisation rule works with. */
export type RuleInput = {
  readonly version: RoomVersion;
  readonly event: EventToAuthorise;
  readonly authState: RoomState;
  readonly isSignedBy: (serverName: string) => boolean;
  readonly create: StateEventLike;
  readonly creators: readonly string[];
  readonly levels: PowerLevels;
};

/** What the rules throw: a sentence for the person who tried. */
export function refuse(message: string): MatrixError {
  return new MatrixError('M_FORBIDDEN', message);
}

/** The refusal for a level that is too low. `action` continues "To … here". */
export function refuseLevel(action: string, { needed, own }: { needed: number; own: number }): MatrixError {
  return refuse(`To ${action} here one needs power level ${needed}; yours is ${own}.`);
}
