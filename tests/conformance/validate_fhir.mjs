// Validates FHIR resources with another validator of others (npm fhir): base R4.
// usage: node validate_fhir.mjs NODE_MODULES < resources.ndjson; prints the number of resources, then a line for each finding.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { Fhir } = createRequire(join(process.argv[2], 'x.js'))('fhir');
const validator = new Fhir();
const lines = readFileSync(0, 'utf8').split('\n').filter((line) => line.trim());
console.log(lines.length);
for (const line of lines) {
  for (const message of validator.validate(JSON.parse(line), { errorOnUnexpected: true }).messages) {
    if (['error', 'fatal'].includes(message.severity)) console.log(`${message.location}: ${message.message}`);
  }
}
