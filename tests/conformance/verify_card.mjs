// Checks SMART Health Cards with an implementation of others (kill-the-clipboard), which fetches the issuer's keys.
// usage: node verify_card.mjs NODE_MODULES < {"file", "codes"}; prints what it reads as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.argv[2], 'x.js'));
const { SHCReader } = require('kill-the-clipboard');
const { file, codes } = JSON.parse(readFileSync(0, 'utf8'));

const told = async (work) => {
  try {
    return await work();
  } catch (error) {
    return { refused: error.constructor.name, text: error.message };
  }
};
const reader = new SHCReader({});
const ofFile = await told(async () => (await reader.fromFileContent(file)).asBundle());
const ofCodes = [];
for (const code of codes) {
  ofCodes.push(await told(async () => (await reader.fromQRNumeric(code)).asBundle()));
}
console.log(JSON.stringify({ ofFile, ofCodes }));
