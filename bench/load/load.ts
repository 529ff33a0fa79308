/** PUT requests of one body, each to `path` with its own number at the end, in turn over all targets. */
export interface Load {
  url: string;
  targets: readonly Target[];
  body: string;
  connections: number;
  seconds: number;
  /** Distinguishes the numbers of this load from those of others on the same server. */
  label: string;
}

export interface Target {
  path: string;
  token: string;
}

export interface LoadResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers other than 200, and connections that failed. */
  errors: number;
}
