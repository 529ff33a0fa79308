import { MatrixError } from '@sotto/protocol';
import type { AppserviceRegistry } from './registry.ts';

/** Who asks for a name: an application service, or (undefined) anybody else. */
type Asker = string | undefined;

/** Whose names are whose (application service API, "Server admin style permissions"). */
export interface AppserviceNames {
  /** @throws MatrixError M_EXCLUSIVE for a name that another application service has to itself, or not in one's own */
  checkUser(userId: string, appserviceId: Asker): void;
  /** Whether some application service has this name to itself. */
  isReserved(userId: string): boolean;
  /** The same as `checkUser` for room aliases. */
  checkAlias(alias: string, appserviceId: Asker): void;
}

export function createAppserviceNames({ all }: AppserviceRegistry): AppserviceNames {
  const find = (id: Asker) => all.find((each) => each.id === id);
  const others = (id: Asker) => all.filter((each) => each.id !== id);
  return {
    checkUser(userId, appserviceId) {
      if (others(appserviceId).some((each) => each.reservesUser(userId))) throw reserved('user name');
      if (appserviceId !== undefined && find(appserviceId)?.ownsUser(userId) !== true) throw foreign('user name');
    },
    isReserved: (userId) => all.some((each) => each.reservesUser(userId)),
    checkAlias(alias, appserviceId) {
      if (others(appserviceId).some((each) => each.reservesAlias(alias))) throw reserved('room alias');
      if (appserviceId !== undefined && find(appserviceId)?.ownsAlias(alias) !== true) throw foreign('room alias');
    },
  };
}

const reserved = (what: string) => new MatrixError('M_EXCLUSIVE', `This ${what} belongs to an application service.`);
const foreign = (what: string) =>
  new MatrixError('M_EXCLUSIVE', `This ${what} is not in the application service's namespaces.`);
