// Opens a SMART Health Link with an implementation of others (kill-the-clipboard).
// usage: node open_link.mjs NODE_MODULES LINK [PASSCODE]; prints the types and numbers of the resources as JSON.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, link, passcode] = process.argv.slice(2);
const { SHLViewer } = createRequire(join(modules, 'x.js'))('kill-the-clipboard');
const viewer = new SHLViewer({ shlinkURI: link });
try {
  const resolved = await viewer.resolveSHL({ recipient: 'Lakeside front desk', ...(passcode && { passcode }) });
  const resources = resolved.fhirResources.flatMap((one) => one.entry?.map((entry) => entry.resource) ?? [one]);
  console.log(JSON.stringify({ label: viewer.shl.label, types: resources.map((one) => one.resourceType) }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.constructor.name, text: error.message }));
}
