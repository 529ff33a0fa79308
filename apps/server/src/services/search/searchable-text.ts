import type { SearchableText } from '../../store/event-search.ts';

/** The text of an event that search looks at (specification, "Server Side Search"), from the JSON that clients get. */
export function searchableText(json: string): SearchableText {
  const { type, content } = JSON.parse(json) as { type: string; content: Record<string, unknown> };
  if (type === 'm.room.message') return { body: textOf(content.body) };
  if (type === 'm.room.name') return { name: textOf(content.name) };
  if (type !== 'm.room.topic') return {};
  const topic = [textOf(content.topic), plainTopic(content['m.topic'])].filter((text) => text !== undefined);
  return { topic: [...new Set(topic)].join('\n') };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The plain one of the representations of an `m.topic`; what has no type is plain. */
function plainTopic(topic: unknown): string | undefined {
  const forms = (topic as { 'm.text'?: unknown } | null | undefined)?.['m.text'];
  if (!Array.isArray(forms)) return undefined;
  const plain = forms.find((form) => (form?.mimetype ?? 'text/plain') === 'text/plain');
  return textOf(plain?.body);
}
