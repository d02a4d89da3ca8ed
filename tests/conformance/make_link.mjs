// Makes a SMART Health Link with an implementation of others (kill-the-clipboard).
// usage: node make_link.mjs NODE_MODULES FLAG DEFLATE < bundle.json; prints the link, its files and its manifest as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, flag, deflate] = process.argv.slice(2);
const { SHL, SHLManifestBuilder } = createRequire(join(modules, 'x.js'))('kill-the-clipboard');
const shl = SHL.generate({
  baseManifestURL: 'https://phone.example/shl/',
  manifestPath: '/manifest.json',
  expirationDate: new Date(Date.now() + 900_000),
  label: 'Inés — summary',
  ...(flag && { flag }),
});
const files = {};
const builder = new SHLManifestBuilder({
  shl,
  uploadFile: async (content) => {
    files[`https://phone.example/files/${Object.keys(files).length}`] = content;
    return Object.keys(files).at(-1);
  },
  getFileURL: async (path) => path,
  loadFile: async (path) => files[path],
});
await builder.addFHIRResource({ content: JSON.parse(readFileSync(0, 'utf8')), enableCompression: deflate === 'yes' });
const manifests = await Promise.all([0, 10_000_000].map((embeddedLengthMax) => builder.buildManifest({ embeddedLengthMax })));
console.log(JSON.stringify({ link: shl.toURI(), url: shl.url, files, manifests }));
