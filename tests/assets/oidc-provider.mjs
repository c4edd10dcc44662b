// An OpenID provider of its own (https://www.npmjs.com/package/oidc-provider), for the tests of single sign-on.
//
//   node oidc-provider.mjs MODULE SETTINGS
//
// MODULE is where the package is, SETTINGS is JSON: the client, and the people with their claims. Prints its address as
// soon as it answers. Its log-in page takes any password.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [, , module, settings] = process.argv;
const { default: Provider } = await import(pathToFileURL(module));
const { client, people } = JSON.parse(settings);

const server = createServer((request, answer) => provider.callback()(request, answer));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [client],
  scopes: ['openid', 'email', 'profile', 'groups'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  pkce: { required: () => true },
  cookies: { keys: ['of a test'] },
  features: { backchannelLogout: { enabled: true } },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
});
console.log(JSON.stringify({ issuer }));
