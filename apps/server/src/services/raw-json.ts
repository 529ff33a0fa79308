/** JSON as text, as it lies in the store: put into an answer as it is (http/json-text.ts). */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
