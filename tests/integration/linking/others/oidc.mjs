// An organization that nobody here wrote: npm oidc-provider as its authorization server, a small FHIR stub behind it.
//
//   node oidc.mjs NODE_MODULES RECORD.json ACCESS_TOKEN_SECONDS
//
// RECORD: {"capability": CapabilityStatement, "resources": {"Type": [resource, …]}} of the patient "maria". Prints its
// address as one line of JSON. What SMART adds to OAuth is added to the provider here: ``patient`` beside the token, and
// refresh tokens for offline_access although the request does not say prompt=consent (OpenID Connect Core, section 11).

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, recordFile, seconds] = process.argv.slice(2);
const require = createRequire(`${modules}/oidc-provider/package.json`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);
const record = JSON.parse(readFileSync(recordFile, 'utf8'));

const server = createServer((request, response) => handle(request, response));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const site = `http://127.0.0.1:${server.address().port}`;
const types = Object.keys(record.resources).map((type) => `patient/${type}`);
const scopes = ['offline_access', 'launch/patient', 'patient/*.rs', 'patient/*.read',
  ...types.flatMap((type) => [`${type}.rs`, `${type}.read`])];

const provider = new Provider(site, {
  clients: [],
  scopes,
  features: { registration: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  extraClientMetadata: { properties: ['software_id'] },
  ttl: { AccessToken: Number(seconds), AuthorizationCode: 60, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
  cookies: { keys: ['only for tests'] },
});
provider.use(async (ctx, next) => {
  if (ctx.path === '/auth' && ctx.method === 'GET') ctx.query = { ...ctx.query, prompt: 'consent' };
  await next();
  if (ctx.path === '/token' && ctx.body?.access_token) ctx.body.patient = 'maria';
});
const authorize = provider.callback();
console.log(JSON.stringify({ site }));

async function handle(request, response) {
  const url = new URL(request.url, site);
  if (!url.pathname.startsWith('/fhir/')) return authorize(request, response);
  const [first, second] = url.pathname.slice('/fhir/'.length).split('/');
  if (first === '.well-known') return send(response, 200, await smart(), 'application/json');
  if (first === 'metadata') return send(response, 200, record.capability);
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (!token) return send(response, 401, outcome('login'));
  const held = record.resources[first] ?? (first === 'Patient' ? [] : null);
  if (held === null) return send(response, 404, outcome('not-supported'));
  if (second) {
    const found = held.find((one) => one.id === second);
    return found ? send(response, 200, found) : send(response, 404, outcome('not-found'));
  }
  const entry = held.map((resource) => ({ resource, search: { mode: 'match' } }));
  return send(response, 200, { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry });
}

async function smart() {
  const found = await (await fetch(`${site}/.well-known/openid-configuration`)).json();
  return {
    ...found,
    jwks_uri: undefined,
    scopes_supported: scopes,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    capabilities: ['launch-standalone', 'client-public', 'client-confidential-symmetric', 'permission-offline',
      'permission-patient', 'permission-v1', 'permission-v2'],
  };
}

function outcome(code) {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] };
}

function send(response, status, body, kind = 'application/fhir+json') {
  response.writeHead(status, { 'Content-Type': kind });
  response.end(JSON.stringify(body));
}
