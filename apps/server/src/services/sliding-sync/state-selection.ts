/** Matches state by type and key; an absent part matches all. */
export interface StatePattern {
  type?: string;
  stateKey?: string;
}

/** Which state a client wants of a room (MSC4186, RequiredStateRequest). */
export interface StateSelection {
  include: readonly StatePattern[];
  exclude: readonly StatePattern[];
  /** Member events only of those who matter to the timeline, beside those named by their key. */
  lazyMembers: boolean;
}

/** What is wanted of a room. A room that several rules match gets what any of them asks for. */
export interface RoomConfig {
  timelineLimit: number;
  selections: readonly StateSelection[];
}

interface Place {
  type: string;
  stateKey: string | null;
}

const member = 'm.room.member';

export function combineConfigs(configs: readonly RoomConfig[]): RoomConfig {
  const selections = new Map<string, StateSelection>();
  for (const config of configs)
    for (const selection of config.selections) selections.set(JSON.stringify(selection), selection);
  return {
    timelineLimit: Math.max(...configs.map((config) => config.timelineLimit)),
    selections: [...selections.values()],
  };
}

/** Whether state of this place is wanted, apart from lazily loaded members. */
export function isSelected(selections: readonly StateSelection[], place: Place): boolean {
  return selections.some(
    (selection) =>
      selection.include.some((pattern) => includes(selection, pattern, place)) &&
      !selection.exclude.some((pattern) => matches(pattern, place)),
  );
}

function includes({ lazyMembers }: StateSelection, pattern: StatePattern, place: Place): boolean {
  if (lazyMembers && place.type === member && pattern.stateKey === undefined) return false;
  return matches(pattern, place);
}

function matches({ type, stateKey }: StatePattern, place: Place): boolean {
  return (type === undefined || type === place.type) && (stateKey === undefined || stateKey === place.stateKey);
}

/** Whether members come as they are needed: somebody asked for that, and nobody for all of them. */
export function loadsLazily(selections: readonly StateSelection[]): boolean {
  const takesAllMembers = selections.some(
    ({ include, lazyMembers }) =>
      !lazyMembers && include.some((pattern) => pattern.stateKey === undefined && (pattern.type ?? member) === member),
  );
  return !takesAllMembers && selections.some(({ lazyMembers }) => lazyMembers);
}

/** The types that can be selected, or undefined when it may be any. */
export function selectedTypes(selections: readonly StateSelection[]): string[] | undefined {
  const types = new Set<string>();
  for (const { include } of selections) {
    for (const { type } of include) {
      if (type === undefined) return undefined;
      types.add(type);
    }
  }
  return [...types];
}

/** Those people whose member events are selected by their key. */
export function selectedMembers(selections: readonly StateSelection[]): string[] {
  return selections.flatMap(({ include }) =>
    include.flatMap(({ type = member, stateKey }) => (type === member && stateKey !== undefined ? [stateKey] : [])),
  );
}

/** Whether `wider` asks for state that `known` did not. */
export function isExpanded(known: readonly StateSelection[], wider: readonly StateSelection[]): boolean {
  const texts = new Set(known.map((selection) => JSON.stringify(selection)));
  return wider.some((selection) => !texts.has(JSON.stringify(selection)));
}
