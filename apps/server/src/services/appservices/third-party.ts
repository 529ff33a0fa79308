import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { CallAppservice } from './call-appservice.ts';
import type { Appservice, AppserviceRegistry } from './registry.ts';

/** What people and places are called on other networks: asked of the application services that bridge to them. */
export interface ThirdPartyLookups {
  /** Every network, by its protocol (specification, GET /thirdparty/protocols). */
  protocols(): Promise<Record<string, JsonObject>>;
  /** @throws MatrixError M_NOT_FOUND when nobody bridges to it */
  protocol(name: string): Promise<JsonObject>;
  /** Locations or users on a network with these fields. @throws MatrixError M_NOT_FOUND */
  byProtocol(kind: Kind, protocol: string, fields: Readonly<Record<string, string>>): Promise<unknown[]>;
  /** What an alias or a user id of this server is over there. @throws MatrixError M_NOT_FOUND */
  byMatrixId(kind: Kind, id: string): Promise<unknown[]>;
}

type Kind = 'location' | 'user';

const answerMs = 10_000;

export function createThirdPartyLookups(parts: {
  registry: AppserviceRegistry;
  call: CallAppservice;
}): ThirdPartyLookups {
  const { registry, call } = parts;
  const bridging = (protocol: string) =>
    registry.all.filter(({ registration }) => registration.protocols.includes(protocol));

  /** Undefined when it is away, says no, or says something else than asked for. */
  async function ask(appservice: Appservice, place: string, query: Readonly<Record<string, string>> = {}) {
    const path = `/thirdparty${place}`;
    const legacyPath = `/_matrix/app/unstable${path}`;
    const request = { method: 'GET', path, legacyPath, query, timeoutMs: answerMs } as const;
    const answer = await call(appservice, request).catch(() => undefined);
    return answer?.status === 200 ? answer.body : undefined;
  }

  async function collect(appservices: readonly Appservice[], place: string, query: Readonly<Record<string, string>>) {
    const answers = await Promise.all(appservices.map((each) => ask(each, place, query)));
    const found = answers.filter((each): each is unknown[] => Array.isArray(each)).flat();
    return found.filter(isObject);
  }

  /** Networks of several bridges for one protocol are told together; each is named after its bridge. */
  async function readProtocol(name: string): Promise<JsonObject | undefined> {
    const place = `/protocol/${encodeURIComponent(name)}`;
    let merged: JsonObject | undefined;
    for (const appservice of bridging(name)) {
      const answer = await ask(appservice, place);
      if (!isObject(answer)) continue;
      const instances = (Array.isArray(answer.instances) ? answer.instances : []).filter(isObject).map((instance) => ({
        ...instance,
        ...(typeof instance.network_id === 'string' && { instance_id: `${appservice.id}|${instance.network_id}` }),
      }));
      const before = Array.isArray(merged?.instances) ? merged.instances : [];
      merged = { ...answer, ...merged, instances: [...before, ...instances] };
    }
    return merged;
  }

  const notFound = (what: string) => new MatrixError('M_NOT_FOUND', `${what} is not known.`);
  return {
    async protocols() {
      const names = new Set(registry.all.flatMap(({ registration }) => registration.protocols));
      const found = await Promise.all([...names].map(async (name) => [name, await readProtocol(name)] as const));
      return Object.fromEntries(found.filter((entry): entry is [string, JsonObject] => entry[1] !== undefined));
    },
    async protocol(name) {
      const found = await readProtocol(name);
      if (found === undefined) throw notFound('This protocol');
      return found;
    },
    async byProtocol(kind, protocol, fields) {
      const appservices = bridging(protocol);
      if (appservices.length === 0) throw notFound('This protocol');
      const found = await collect(appservices, `/${kind}/${encodeURIComponent(protocol)}`, fields);
      if (found.length === 0) throw notFound(`This ${kind}`);
      return found;
    },
    async byMatrixId(kind, id) {
      const asked = registry.all.filter((each) => (kind === 'user' ? each.ownsUser(id) : each.ownsAlias(id)));
      const found = await collect(asked, `/${kind}`, kind === 'user' ? { userid: id } : { alias: id });
      if (found.length === 0) throw notFound(`This ${kind}`);
      return found;
    },
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
