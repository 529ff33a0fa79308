/** Counts in words: `{ one: '# message', other: '# messages' }`, `#` being the number as this language writes it. */
export type PluralForms = { [form in Intl.LDMLPluralRule]?: string } & { other: string };

/** Picks the form that the language wants for a count. */
export function pluralOf(language: string): (count: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace('#', numbers.format(count));
}

/** "Ada", "Ada and Mira", "Ada, Mira and Noor": names as this language lists them. */
export function listOf(language: string): (names: readonly string[]) => string {
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  return (names) => list.format(names);
}
