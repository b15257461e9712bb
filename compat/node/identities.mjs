// One operation of @azure/arm-msi a call: identities.mjs OPERATION GROUP NAME ... The result is printed as JSON; what the SDK
// refuses is its message on standard error and exit code 1.
import { DefaultAzureCredential } from '@azure/identity';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';

const [operation, group, name, trust, issuer, subject] = process.argv.slice(2);
const client = new ManagedServiceIdentityClient(new DefaultAzureCredential(), process.env.LANYARD_SUBSCRIPTION, {
  endpoint: process.env.LANYARD_ARM,
  credentials: { scopes: ['https://management.core.windows.net//.default'] },
});

async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

const operations = {
  create: () => client.userAssignedIdentities.createOrUpdate(group, name, { location: 'westeurope', tags: { by: 'arm-msi' } }),
  get: () => client.userAssignedIdentities.get(group, name),
  list: () => all(client.userAssignedIdentities.listByResourceGroup(group)),
  delete: () => client.userAssignedIdentities.delete(group, name),
  system: () => client.systemAssignedIdentities.getByScope(group),
  trust: () =>
    client.federatedIdentityCredentials.createOrUpdate(group, name, trust, {
      issuer, subject, audiences: ['api://AzureADTokenExchange'],
    }),
  trusts: () => all(client.federatedIdentityCredentials.list(group, name)),
  distrust: () => client.federatedIdentityCredentials.delete(group, name, trust),
};

try {
  console.log(JSON.stringify((await operations[operation]()) ?? null));
} catch (refused) {
  console.error(`${refused.name} ${refused.code ?? ''}: ${refused.message}`);
  process.exitCode = 1;
}
