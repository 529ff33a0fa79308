import { dirname, join } from 'node:path/posix';
import { importsOf } from './imports.ts';
import { type Finding, isTest, lineAt, type Source, workspaceOf } from './source.ts';

/** A part of the house: what else it may import, itself always included. The first entry that fits a path counts. */
interface Layer {
  folder: string;
  uses: readonly string[];
  why: string;
}

const server = 'apps/server/src/';
const logging = `${server}logging.ts`;
const layers: readonly Layer[] = [
  {
    folder: `${server}http/`,
    uses: [`${server}services/`, `${server}config/`, logging, 'packages/protocol/', 'packages/sql/memo.ts'],
    why: 'an endpoint turns HTTP into one call of a service and knows no storage',
  },
  {
    folder: `${server}services/`,
    uses: [`${server}store/`, `${server}log/`, logging, 'packages/sql/', 'packages/bus/', 'packages/protocol/'],
    why: 'a service knows nothing of HTTP, so that every API can call it',
  },
  {
    folder: `${server}store/`,
    uses: ['packages/sql/', 'packages/protocol/'],
    why: 'a table knows SQL and nothing of who asks',
  },
  {
    folder: `${server}log/`,
    uses: [logging, 'packages/sql/', 'packages/bus/', 'packages/protocol/'],
    why: 'the writer orders units of work without knowing what is in them',
  },
  {
    folder: `${server}config/`,
    uses: ['packages/protocol/'],
    why: 'configuration is read before anything else exists',
  },
  {
    folder: 'apps/server/faults/',
    uses: ['apps/server/src/', 'packages/testing/', 'packages/sql/', 'packages/bus/', 'packages/protocol/'],
    why: 'what breaks a server stands outside of it',
  },
  {
    folder: 'apps/server/',
    uses: ['packages/sql/', 'packages/bus/', 'packages/protocol/'],
    why: 'the server is built of its own folders, storage, bus and protocol',
  },
  {
    folder: 'apps/web/test/',
    uses: ['apps/web/', 'packages/client/', 'packages/ui/', 'packages/testing/'],
    why: 'journeys use the app as people do, on a real server',
  },
  {
    folder: 'apps/web/',
    uses: ['packages/client/', 'packages/ui/', 'packages/protocol/'],
    why: 'the web app reaches Matrix through packages/client alone',
  },
  { folder: 'packages/protocol/', uses: [], why: 'everyone imports protocol, so it imports nobody' },
  { folder: 'packages/sql/', uses: [], why: 'storage serves any program' },
  { folder: 'packages/bus/', uses: [], why: 'hints carry no meaning of their own' },
  {
    folder: 'packages/client/test/',
    uses: ['packages/client/', 'packages/testing/'],
    why: 'people of tests live on a real server and know the client core alone',
  },
  { folder: 'packages/client/', uses: ['packages/protocol/'], why: 'the client core runs without any app' },
  { folder: 'packages/ui/', uses: [], why: 'views of packages/ui know no Matrix, so that any app can use them' },
  {
    folder: 'packages/testing/',
    uses: ['packages/protocol/', 'packages/sql/', 'packages/bus/'],
    why: 'tests start a server as people do, from outside',
  },
  { folder: 'tools/', uses: ['apps/', 'packages/'], why: '' },
  { folder: 'bench/', uses: ['apps/', 'packages/', 'tools/'], why: '' },
];

const apps = new Set(['server', 'web', 'widget', 'help-bot']);
const matrixSdk = /^(?:matrix-js-sdk|@matrix-org\/)/;
const runsInBrowsers = /^(?:apps\/web\/src|packages\/(?:protocol|client|ui)\/src)\//;
const rootFilesOfWeb = /^apps\/web\/src\/[^/]+$/;
const featureOf = (path: string) => /^apps\/web\/src\/features\/([^/]+)\//.exec(path)?.[1];

/** Imports run down, and packages come in through the doors that the design names. */
export function* layerFindings(source: Source): Generator<Finding> {
  for (const { specifier, offset } of importsOf(source)) {
    for (const message of problems(source, specifier)) {
      yield { path: source.path, line: lineAt(source.text, offset), message: `imports ${specifier}: ${message}` };
    }
  }
}

function* problems(source: Source, specifier: string): Generator<string> {
  const { path } = source;
  if (specifier.startsWith('.')) yield* relativeProblems(path, specifier);
  else if (specifier.startsWith('@sotto/')) yield* layerProblems(path, folderOf(specifier));
  else yield* packageProblems(source, specifier);
}

/** `@sotto/ui/tokens.css` → `packages/ui/tokens.css/`. */
function folderOf(specifier: string): string {
  const path = specifier.slice('@sotto/'.length);
  return `${apps.has(path.split('/')[0] as string) ? 'apps' : 'packages'}/${path}/`;
}

function* relativeProblems(path: string, specifier: string): Generator<string> {
  const target = join(dirname(path), specifier);
  if (!/\.[a-z]+(?:\?[a-z]+)?$/.test(specifier))
    yield 'a path ends in its file ending, because Node runs the sources as they are';
  if (workspaceOf(path) !== '' && workspaceOf(target) !== workspaceOf(path)) {
    yield 'another workspace is imported by its name, so that its package.json says what is open';
  }
  yield* layerProblems(path, target);
  const [from, to] = [featureOf(path), featureOf(target)];
  if (isTest(path) || from === to) return;
  if (from !== undefined && to !== undefined) yield 'features never import each other; app.tsx joins them';
  else if (to !== undefined && !rootFilesOfWeb.test(path)) yield 'only app.tsx and its neighbours import features';
}

/** A test may reach anything of its own workspace: it builds what it tests. */
function* layerProblems(path: string, target: string): Generator<string> {
  const layer = layers.find(({ folder }) => path.startsWith(folder));
  if (!layer) return;
  const forTests = isTest(path) ? [`${workspaceOf(path)}/`, 'packages/testing/'] : [];
  const allowed = [layer.folder, ...layer.uses, ...forTests];
  if (allowed.some((folder) => target.startsWith(folder))) return;
  yield `${layer.folder} may import only ${[...layer.uses, 'itself'].join(', ')}: ${layer.why}`;
}

function* packageProblems({ path, declared }: Source, specifier: string): Generator<string> {
  if (specifier.startsWith('node:')) {
    if (runsInBrowsers.test(path) && !isTest(path)) yield 'this folder runs in browsers, where Node is not';
    return;
  }
  if (matrixSdk.test(specifier) && !path.startsWith('packages/client/')) {
    yield 'packages/client is the only importer of the Matrix SDK and its encryption, so that trust is decided in one place';
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (declared && !declared.has(name)) yield `${name} is not in the package.json of this workspace`;
}

/** Every folder that holds code has its place in the table above. */
export function* placeFindings(source: Source): Generator<Finding> {
  const { path } = source;
  if (!source.syntax || !path.includes('/') || layers.some(({ folder }) => path.startsWith(folder))) return;
  yield {
    path,
    line: 1,
    message: 'this folder has no layer yet; say in tools/tidy/layers.ts what it may import and why',
  };
}
