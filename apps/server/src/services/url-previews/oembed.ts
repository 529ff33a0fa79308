import { type PageFacts, readPage, tidy } from './read-page.ts';

/** A site whose pages say nothing without running their scripts, and where it tells of them as oEmbed (https://oembed.com). */
export interface OembedProvider {
  hosts: readonly string[];
  /** How the path of what it tells of begins; any, unless given. */
  paths?: readonly string[];
  endpoint: string;
}

/** The few that people link to most; all others name their endpoint in the page. */
export const knownProviders: readonly OembedProvider[] = [
  {
    hosts: ['youtube.com', 'www.youtube.com', 'm.youtube.com'],
    paths: ['/watch', '/shorts/', '/live/', '/playlist'],
    endpoint: 'https://www.youtube.com/oembed',
  },
  { hosts: ['youtu.be'], endpoint: 'https://www.youtube.com/oembed' },
  { hosts: ['vimeo.com', 'player.vimeo.com'], endpoint: 'https://vimeo.com/api/oembed.json' },
  { hosts: ['twitter.com', 'x.com', 'mobile.twitter.com'], endpoint: 'https://publish.twitter.com/oembed' },
  { hosts: ['www.tiktok.com'], endpoint: 'https://www.tiktok.com/oembed' },
  { hosts: ['open.spotify.com'], endpoint: 'https://open.spotify.com/oembed' },
  { hosts: ['soundcloud.com', 'on.soundcloud.com'], endpoint: 'https://soundcloud.com/oembed' },
];

/** Where one of these sites tells of this page; undefined for pages of others. */
export function findOembedUrl(providers: readonly OembedProvider[], page: URL): URL | undefined {
  const { host, pathname } = page;
  const provider = providers.find(
    ({ hosts, paths = ['/'] }) => hosts.includes(host) && paths.some((path) => pathname.startsWith(path)),
  );
  if (provider === undefined || pathname === '/') return undefined;
  const url = new URL(provider.endpoint);
  url.searchParams.set('url', page.href);
  url.searchParams.set('format', 'json');
  return url;
}

/**
 * What an oEmbed answer says, in the words of OpenGraph: text and a picture alone, never what it wants to have embedded.
 * Undefined for what is no answer of version 1.0.
 */
export async function readOembed(text: string): Promise<Pick<PageFacts, 'properties' | 'image'> | undefined> {
  const answer = parse(text);
  if (answer === undefined) return undefined;
  const said = (name: string) => (typeof answer[name] === 'string' ? tidy(answer[name]) : '') || undefined;
  const { type } = answer;
  const html = type === 'rich' && typeof answer.html === 'string' ? await readPage(answer.html) : undefined;
  const properties = {
    'og:title': said('title') ?? said('author_name'),
    'og:site_name': said('provider_name'),
    'og:description': html?.properties['og:description'],
    'og:type': type === 'video' ? 'video.other' : type === 'link' ? 'website' : undefined,
  };
  return {
    properties: Object.fromEntries(Object.entries(properties).flatMap(([key, value]) => (value ? [[key, value]] : []))),
    image: (type === 'photo' ? said('url') : undefined) ?? said('thumbnail_url') ?? html?.image,
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const answer = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
    // Some write a number, some forget it.
    return ['1.0', 1, undefined].includes(answer.version) ? answer : undefined;
  } catch {
    return undefined;
  }
}
