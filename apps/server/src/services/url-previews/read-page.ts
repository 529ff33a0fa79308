import type { Handler } from 'htmlparser2';

/** What a page says of itself. */
export interface PageFacts {
  /** OpenGraph properties with their names (`og:title`), without those of pictures, sounds and films. */
  properties: Record<string, string>;
  /** Where its picture lies, relative to `base`. */
  image: string | undefined;
  /** `<base href>`. */
  base: string | undefined;
  /** Where it is described as oEmbed, relative to `base`; not told where the page has a title in OpenGraph. */
  oembed: string | undefined;
}

const mostProperties = 50;
const longestValue = 1000;
const longestDescription = 500;
/** No page of people nests deeper, and the parser's work grows with the depth. */
const mostDepth = 250;
const notText = new Set(['script', 'style', 'noscript', 'template', 'nav', 'aside', 'footer', 'header', 'svg', 'form']);
const headings = new Set(['h1', 'h2', 'h3']);

/**
 * Reads the OpenGraph properties of a page (https://ogp.me), and where they lack guesses: the title, the first heading; the
 * description, the first paragraphs; a picture. Never throws, and ends early in what is no sensible page.
 */
export async function readPage(html: string): Promise<PageFacts> {
  const { Parser } = await import('htmlparser2');
  const page = createCollector(() => parser.pause());
  const parser = new Parser(page.handler, { decodeEntities: true });
  // Piece by piece, so that it ends where the collector has enough.
  for (let at = 0; at < html.length && !page.isDone(); at += pieceLength)
    parser.write(html.slice(at, at + pieceLength));
  if (!page.isDone()) parser.end();
  return page.facts();
}

const pieceLength = 16 * 1024;

/** Collects while the page is parsed; no tree of it is ever made. */
function createCollector(stop: () => void) {
  const meta = new Map<string, string>();
  const images = new Map<string, string>();
  let [base, oembed]: (string | undefined)[] = [];
  let title = '';
  let heading = '';
  let prose = '';
  let depth = 0;
  let isDone = false;
  /** Elements around that hold no prose, and where text goes now. */
  let silent = 0;
  let place: string | undefined;

  function open(name: string, attributes: Record<string, string>): void {
    if (++depth > mostDepth) {
      isDone = true;
      stop();
    }
    if (notText.has(name)) silent++;
    const isFirst = (name === 'title' && title === '') || (headings.has(name) && heading === '');
    if (silent === 0 && (isFirst || name === 'p')) place = name;
    if (name === 'meta') readMeta(attributes);
    if (name === 'base') base ??= attributes.href;
    if (name === 'link' && isOembed(attributes)) oembed ??= attributes.href;
    const image = imageOf(name, attributes);
    if (image !== undefined && !images.has(image.kind)) images.set(image.kind, image.address);
  }

  function readMeta({ property, name, itemprop, content }: Record<string, string>): void {
    const key = (property ?? name ?? itemprop ?? '').toLowerCase();
    const value = tidy(content ?? '');
    if (key === '' || value === '' || meta.has(key) || meta.size >= 500) return;
    meta.set(key, value);
  }

  const handler: Partial<Handler> = {
    onopentag: open,
    onclosetag(name) {
      depth--;
      if (notText.has(name)) silent--;
      if (name === place) place = undefined;
      if (name === 'p') prose += ' ';
    },
    ontext(text) {
      if (place === 'title' && title.length < longestValue) title += text;
      else if (place === 'p' && silent === 0 && prose.length < 2 * longestDescription) prose += text;
      else if (place !== undefined && headings.has(place) && heading.length < longestValue) heading += text;
    },
  };

  return {
    handler,
    isDone: () => isDone,
    facts(): PageFacts {
      const properties: Record<string, string> = {};
      const found = [...meta].filter(([key]) => /^og:(?!image|video|audio)[a-z0-9_:-]{1,60}$/.test(key));
      for (const [key, value] of found.slice(0, mostProperties)) properties[key] = value.slice(0, longestValue);
      const put = (key: string, ...guesses: (string | undefined)[]) => {
        const guess = guesses.find((each) => each !== undefined && each !== '');
        if (guess !== undefined) properties[key] ??= guess;
      };
      put('og:title', meta.get('twitter:title'), tidy(title), tidy(heading));
      const prosePart = shorten(tidy(prose));
      put('og:description', meta.get('twitter:description'), meta.get('description'), prosePart);
      const named = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'image'];
      const guessed = ['image_src', 'img', 'icon'].map((kind) => images.get(kind));
      const image = [...named.map((key) => meta.get(key)), ...guessed].find((each) => each !== undefined);
      return { properties, image, base, oembed: meta.has('og:title') ? undefined : oembed };
    },
  };
}

/** Some write "alternative" (https://oembed.com, "Discovery"). */
function isOembed({ rel = '', type = '' }: Record<string, string>): boolean {
  const isOther = rel
    .toLowerCase()
    .split(/\s+/)
    .some((each) => each === 'alternate' || each === 'alternative');
  return isOther && type.toLowerCase() === 'application/json+oembed';
}

/** Pictures that a page shows without naming them as its own. */
function imageOf(name: string, attributes: Record<string, string>): { kind: string; address: string } | undefined {
  if (name === 'link') {
    const { rel = '', href: address } = attributes;
    const kind = ['image_src', 'icon'].find((each) => rel.toLowerCase().split(/\s+/).includes(each));
    return kind === undefined || address === undefined ? undefined : { kind, address };
  }
  const { src: address, width, height } = attributes;
  if (name !== 'img' || address === undefined || Number(width) < 100 || Number(height) < 100) return undefined;
  return width === undefined || height === undefined ? undefined : { kind: 'img', address };
}

/** Without line ends, control characters and the marks that turn the direction of writing. */
export function tidy(text: string): string {
  return text
    .slice(0, 4 * longestValue)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, longestValue)
    .toWellFormed();
}

/** The first words of it. */
function shorten(text: string): string {
  if (text.length <= longestDescription) return text;
  const cut = text.slice(0, longestDescription);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longestDescription - 50)).toWellFormed()}…`;
}
