// Asks @azure/identity for a token and prints what it says: identity.mjs CREDENTIAL AUDIENCE [SELECTOR=VALUE].
// CREDENTIAL is managed, workload, environment or default; SELECTOR is clientId, objectId or resourceId.
import {
  DefaultAzureCredential, EnvironmentCredential, ManagedIdentityCredential, WorkloadIdentityCredential,
} from '@azure/identity';

const [kind, audience, selector = ''] = process.argv.slice(2);
const [name, ...value] = selector.split('=');

const credential = {
  managed: () => (selector ? new ManagedIdentityCredential({ [name]: value.join('=') }) : new ManagedIdentityCredential()),
  workload: () => new WorkloadIdentityCredential(),
  environment: () => new EnvironmentCredential(),
  default: () => new DefaultAzureCredential(),
}[kind];

try {
  const { token } = await credential().getToken(`${audience}/.default`);
  console.log(Buffer.from(token.split('.')[1], 'base64url').toString());
} catch (refused) {
  console.error(refused.message);
  process.exitCode = 1;
}
