/** Writes the chart's values.schema.json: `node deploy/helm/write-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { valuesSchemaText } from './values-schema.ts';

writeFileSync(new URL('parley/values.schema.json', import.meta.url), valuesSchemaText());
