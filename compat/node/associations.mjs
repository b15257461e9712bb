// Who gives the pods of a cluster their roles with AWS's SDK for JavaScript, with the refusals that belong to it: associations.mjs
// GROUP ACCOUNT, as the operator. The cluster GROUP and its roles are the story's.
import {
  CreatePodIdentityAssociationCommand, DeletePodIdentityAssociationCommand, DescribePodIdentityAssociationCommand, EKSClient,
  InvalidParameterException, InvalidRequestException, ResourceInUseException, ResourceNotFoundException,
  UpdatePodIdentityAssociationCommand, paginateListPodIdentityAssociations,
} from '@aws-sdk/client-eks';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { play, refusedByAWS as refused, same } from './play.mjs';

const [clusterName, account] = process.argv.slice(2);
const arn = (name) => `arn:aws:iam::${account}:role/${clusterName}-${name}`;
const eks = new EKSClient({ maxAttempts: 1 });
const send = (Command, input) => eks.send(new Command({ clusterName, ...input }));
const cart = { namespace: 'web', serviceAccount: 'cart', roleArn: arn('first') };
let associationId; // what the first step leaves for the next

// as is how a role of the story sends.
async function as(role) {
  const { Credentials: c } = await new STSClient({}).send(new AssumeRoleCommand({ RoleArn: arn(role), RoleSessionName: 'story' }));
  const held = new EKSClient({ maxAttempts: 1, credentials: { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken } });
  return (Command, input) => held.send(new Command({ clusterName, ...input }));
}

await play({
  make: async () => {
    const { association: made } = await send(CreatePodIdentityAssociationCommand, { ...cart, tags: { team: 'web' } });
    associationId = made.associationId;
    same([made.roleArn, made.tags, made.createdAt instanceof Date], [arn('first'), { team: 'web' }, true]);
    await refused('ResourceInUseException', send(CreatePodIdentityAssociationCommand, cart), ResourceInUseException);
    const other = { ...cart, serviceAccount: 'other' };
    await refused('InvalidRequestException', send(CreatePodIdentityAssociationCommand, { ...other, targetRoleArn: arn('second') }), InvalidRequestException);
    await refused('InvalidParameterException', send(CreatePodIdentityAssociationCommand, { ...other, roleArn: arn('none') }), InvalidParameterException);
    await refused('ResourceNotFoundException', send(CreatePodIdentityAssociationCommand, { ...cart, clusterName: `${clusterName}-none` }), ResourceNotFoundException);
  },
  find: async () => {
    await send(CreatePodIdentityAssociationCommand, { ...cart, serviceAccount: 'till' });
    const found = [];
    for await (const page of paginateListPodIdentityAssociations({ client: eks, pageSize: 1 }, { clusterName })) found.push(...page.associations);
    same(found.map((a) => a.serviceAccount).sort(), ['cart', 'till']);
    same((await send(DescribePodIdentityAssociationCommand, { associationId })).association.roleArn, arn('first'));
  },
  change: async () => {
    const { association: now } = await send(UpdatePodIdentityAssociationCommand, { associationId, roleArn: arn('second'), disableSessionTags: true });
    same([now.roleArn, now.disableSessionTags], [arn('second'), true]);
    const clerk = await as('clerk'); // may do all with associations, and pass the first role alone
    same((await clerk(UpdatePodIdentityAssociationCommand, { associationId, roleArn: arn('first') })).association.roleArn, arn('first'));
    const passed = await refused('AccessDeniedException', clerk(UpdatePodIdentityAssociationCommand, { associationId, roleArn: arn('second') }));
    same(passed.includes(`is not authorized to perform: iam:PassRole on resource: ${arn('second')}`), true);
    const removed = await refused('AccessDeniedException', (await as('agent'))(DeletePodIdentityAssociationCommand, { associationId }));
    same(removed.includes('is not authorized to perform: eks:DeletePodIdentityAssociation'), true);
  },
  away: async () => {
    same((await send(DeletePodIdentityAssociationCommand, { associationId })).association.associationId, associationId);
    await refused('ResourceNotFoundException', send(DescribePodIdentityAssociationCommand, { associationId }), ResourceNotFoundException);
  },
});
