/** Writes `sotto.example.yaml` and the table of docs/operating.md from the table of configuration keys. */
import { readFileSync, writeFileSync } from 'node:fs';
import { exampleYaml, operatingTable } from '../apps/server/src/config/describe.ts';

const root = new URL('../', import.meta.url);
const operating = new URL('docs/operating.md', root);
const table = /(<!-- configuration table -->\n)[\s\S]*?(\n?<!-- end of configuration table -->)/;

writeFileSync(new URL('sotto.example.yaml', root), exampleYaml());
writeFileSync(
  operating,
  readFileSync(operating, 'utf8').replace(
    table,
    (_, from) => `${from}${operatingTable()}\n<!-- end of configuration table -->`,
  ),
);
