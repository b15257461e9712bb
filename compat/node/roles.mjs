// Who keeps roles, policies and OIDC providers with AWS's SDK for JavaScript, with the refusals that belong to it: roles.mjs
// GROUP ACCOUNT, as the operator. All that there is, the play makes and takes away again.
import {
  AddClientIDToOpenIDConnectProviderCommand, AttachRolePolicyCommand, CreateOpenIDConnectProviderCommand, CreatePolicyCommand,
  CreatePolicyVersionCommand, CreateRoleCommand, DeleteConflictException, DeleteOpenIDConnectProviderCommand, DeletePolicyCommand,
  DeletePolicyVersionCommand, DeleteRoleCommand, DeleteRolePermissionsBoundaryCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand,
  EntityAlreadyExistsException, GetContextKeysForCustomPolicyCommand, GetOpenIDConnectProviderCommand, GetPolicyCommand,
  GetPolicyVersionCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, InvalidInputException, ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand, ListOpenIDConnectProvidersCommand, ListPolicyTagsCommand, ListPolicyVersionsCommand,
  ListRolePoliciesCommand, ListRoleTagsCommand, MalformedPolicyDocumentException, NoSuchEntityException,
  PutRolePermissionsBoundaryCommand, PutRolePolicyCommand, RemoveClientIDFromOpenIDConnectProviderCommand,
  SetDefaultPolicyVersionCommand, SimulateCustomPolicyCommand, SimulatePrincipalPolicyCommand, TagOpenIDConnectProviderCommand,
  TagPolicyCommand, TagRoleCommand, UntagPolicyCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand, UpdateRoleCommand, paginateListRoles,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { play, refusedByAWS as refused, same } from './play.mjs';

const [group, account] = process.argv.slice(2);
const arn = (rest) => `arn:aws:iam::${account}:${rest}`;
const RoleName = `${group}-app`;
const PolicyArn = arn(`policy/${group}-read`);
const bound = arn(`policy/${group}-bound`);
const OpenIDConnectProviderArn = arn(`oidc-provider/${group}.ci.example/jobs`);
const get = 's3:GetObject';
const book = `arn:aws:s3:::${group}-files/a+b book`;
const iam = new IAMClient({ maxAttempts: 1 });
const send = (Command, input) => iam.send(new Command(input));
const document = (Action, more) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, ...more }] });
const trust = (Principal) => document('sts:AssumeRole', { Principal });
const read = document(get, { Resource: book });
const decoded = (text) => JSON.parse(decodeURIComponent(text));
const exists = (promise) => refused('EntityAlreadyExists', promise, EntityAlreadyExistsException);
const missing = (promise) => refused('NoSuchEntity', promise, NoSuchEntityException);
const conflict = (promise) => refused('DeleteConflict', promise, DeleteConflictException);
const malformed = (promise) => refused('MalformedPolicyDocument', promise, MalformedPolicyDocumentException);
const invalid = (promise) => refused('InvalidInput', promise, InvalidInputException);

async function decisions(Command, input) {
  const { EvaluationResults } = await send(Command, { ActionNames: [get, 's3:PutObject'], ResourceArns: [book], ...input });
  return EvaluationResults.map((r) => r.EvalDecision);
}

await play({
  make: async () => {
    const { Role: made } = await send(CreateRoleCommand, {
      RoleName, AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }), Description: 'first', MaxSessionDuration: 7200,
    });
    same([made.Arn, decoded(made.AssumeRolePolicyDocument)], [arn(`role/${RoleName}`), JSON.parse(trust({ Service: 'lambda.amazonaws.com' }))]);
    await exists(send(CreateRoleCommand, { RoleName: RoleName.toUpperCase(), AssumeRolePolicyDocument: trust({ AWS: arn('root') }) }));
    await send(UpdateRoleCommand, { RoleName, Description: 'second', MaxSessionDuration: 3600 });
    await send(UpdateAssumeRolePolicyCommand, { RoleName, PolicyDocument: trust({ AWS: arn('root') }) });
    const { Role: got } = await send(GetRoleCommand, { RoleName });
    same([got.RoleId, got.Description, got.MaxSessionDuration, got.CreateDate instanceof Date], [made.RoleId, 'second', 3600, true]);
    same(decoded(got.AssumeRolePolicyDocument), JSON.parse(trust({ AWS: arn('root') })));
    await malformed(send(UpdateAssumeRolePolicyCommand, { RoleName, PolicyDocument: trust({ AWS: arn('role/nobody') }) }));
    const names = [];
    for await (const page of paginateListRoles({ client: iam, pageSize: 1 }, {})) names.push(...page.Roles.map((r) => r.RoleName));
    same(names.includes(RoleName), true);
  },
  tags: async () => {
    await send(TagRoleCommand, { RoleName, Tags: [{ Key: 'team', Value: 'web' }, { Key: 'cost', Value: '1' }] });
    await send(TagRoleCommand, { RoleName, Tags: [{ Key: 'team', Value: 'shop' }] });
    await send(UntagRoleCommand, { RoleName, TagKeys: ['cost'] });
    same((await send(ListRoleTagsCommand, { RoleName })).Tags, [{ Key: 'team', Value: 'shop' }]);
    await missing(send(TagRoleCommand, { RoleName: `${group}-none`, Tags: [{ Key: 'a', Value: 'b' }] }));
  },
  inline: async () => {
    await send(PutRolePolicyCommand, { RoleName, PolicyName: 'look', PolicyDocument: document(['iam:GetRole', 'iam:PutRolePolicy'], { Resource: '*' }) });
    await send(PutRolePolicyCommand, { RoleName, PolicyName: 'read', PolicyDocument: read });
    same(decoded((await send(GetRolePolicyCommand, { RoleName, PolicyName: 'read' })).PolicyDocument), JSON.parse(read));
    same((await send(ListRolePoliciesCommand, { RoleName })).PolicyNames, ['look', 'read']);
    await send(DeleteRolePolicyCommand, { RoleName, PolicyName: 'read' });
    await missing(send(GetRolePolicyCommand, { RoleName, PolicyName: 'read' }));
    await malformed(send(PutRolePolicyCommand, { RoleName, PolicyName: 'bad', PolicyDocument: '{' }));
  },
  managed: async () => {
    const { Policy } = await send(CreatePolicyCommand, { PolicyName: `${group}-read`, PolicyDocument: read, Tags: [{ Key: 'a', Value: 'b' }] });
    same([Policy.Arn, Policy.DefaultVersionId], [PolicyArn, 'v1']);
    await exists(send(CreatePolicyCommand, { PolicyName: `${group}-read`, PolicyDocument: read }));
    await send(CreatePolicyVersionCommand, { PolicyArn, PolicyDocument: document('s3:*', { Resource: '*' }) });
    await send(SetDefaultPolicyVersionCommand, { PolicyArn, VersionId: 'v2' });
    same(decoded((await send(GetPolicyVersionCommand, { PolicyArn, VersionId: 'v1' })).PolicyVersion.Document), JSON.parse(read));
    await conflict(send(DeletePolicyVersionCommand, { PolicyArn, VersionId: 'v2' }));
    await send(SetDefaultPolicyVersionCommand, { PolicyArn, VersionId: 'v1' });
    const { Versions } = await send(ListPolicyVersionsCommand, { PolicyArn });
    same(Versions.map((v) => [v.VersionId, v.IsDefaultVersion]), [['v2', false], ['v1', true]]);
    await send(TagPolicyCommand, { PolicyArn, Tags: [{ Key: 'team', Value: 'shop' }] });
    await send(UntagPolicyCommand, { PolicyArn, TagKeys: ['a'] });
    same((await send(ListPolicyTagsCommand, { PolicyArn })).Tags, [{ Key: 'team', Value: 'shop' }]);
    await send(AttachRolePolicyCommand, { RoleName, PolicyArn });
    same((await send(ListAttachedRolePoliciesCommand, { RoleName })).AttachedPolicies.map((p) => p.PolicyArn), [PolicyArn]);
    same((await send(ListEntitiesForPolicyCommand, { PolicyArn })).PolicyRoles.map((r) => r.RoleName), [RoleName]);
    await conflict(send(DeletePolicyCommand, { PolicyArn }));
  },
  simulate: async () => {
    const mine = { PolicySourceArn: arn(`role/${RoleName}`) };
    same(await decisions(SimulatePrincipalPolicyCommand, mine), ['allowed', 'implicitDeny']);
    await send(CreatePolicyCommand, { PolicyName: `${group}-bound`, PolicyDocument: document(['iam:*', 's3:PutObject'], { Resource: '*' }) });
    await send(PutRolePermissionsBoundaryCommand, { RoleName, PermissionsBoundary: bound });
    same((await send(GetRoleCommand, { RoleName })).Role.PermissionsBoundary.PermissionsBoundaryArn, bound);
    const [got] = (await send(SimulatePrincipalPolicyCommand, { ...mine, ActionNames: [get], ResourceArns: [book] })).EvaluationResults;
    same([got.EvalDecision, got.PermissionsBoundaryDecisionDetail], ['implicitDeny', { AllowedByPermissionsBoundary: false }]);
    await send(DeleteRolePermissionsBoundaryCommand, { RoleName });
    const never = document('s3:PutObject', { Resource: '*', Effect: 'Deny' });
    same(await decisions(SimulateCustomPolicyCommand, { PolicyInputList: [read, never] }), ['allowed', 'explicitDeny']);
    const tagged = document(get, { Resource: '*', Condition: { StringEquals: { 'aws:PrincipalTag/team': 'shop' } } });
    same((await send(GetContextKeysForCustomPolicyCommand, { PolicyInputList: [tagged] })).ContextKeyNames, ['aws:PrincipalTag/team']);
    const ContextEntries = [{ ContextKeyName: 'aws:PrincipalTag/team', ContextKeyType: 'string', ContextKeyValues: ['shop'] }];
    same(await decisions(SimulateCustomPolicyCommand, { PolicyInputList: [tagged], ContextEntries }), ['allowed', 'implicitDeny']);
    await missing(send(SimulatePrincipalPolicyCommand, { PolicySourceArn: arn(`role/${group}-none`), ActionNames: [get] }));
    await invalid(send(SimulateCustomPolicyCommand, { PolicyInputList: ['{'], ActionNames: [get] }));
  },
  providers: async () => {
    const Url = `https://${group}.ci.example/jobs`;
    const made = await send(CreateOpenIDConnectProviderCommand, { Url, ClientIDList: ['one'], ThumbprintList: ['0f'.repeat(20)] });
    same(made.OpenIDConnectProviderArn, OpenIDConnectProviderArn);
    await exists(send(CreateOpenIDConnectProviderCommand, { Url }));
    await invalid(send(CreateOpenIDConnectProviderCommand, { Url: 'http://ci.example/plain' }));
    await send(AddClientIDToOpenIDConnectProviderCommand, { OpenIDConnectProviderArn, ClientID: 'two' });
    await send(RemoveClientIDFromOpenIDConnectProviderCommand, { OpenIDConnectProviderArn, ClientID: 'one' });
    await send(UpdateOpenIDConnectProviderThumbprintCommand, { OpenIDConnectProviderArn, ThumbprintList: ['a0'.repeat(20)] });
    await send(TagOpenIDConnectProviderCommand, { OpenIDConnectProviderArn, Tags: [{ Key: 'a', Value: 'b' }] });
    const { ClientIDList, ThumbprintList, Tags } = await send(GetOpenIDConnectProviderCommand, { OpenIDConnectProviderArn });
    same([ClientIDList, ThumbprintList, Tags], [['two'], ['a0'.repeat(20)], [{ Key: 'a', Value: 'b' }]]);
    const { OpenIDConnectProviderList: all } = await send(ListOpenIDConnectProvidersCommand, {});
    same(all.some((p) => p.Arn === OpenIDConnectProviderArn), true);
    await send(DeleteOpenIDConnectProviderCommand, { OpenIDConnectProviderArn });
    await missing(send(GetOpenIDConnectProviderCommand, { OpenIDConnectProviderArn }));
  },
  little: async () => {
    const { Credentials: c } = await new STSClient({}).send(new AssumeRoleCommand({ RoleArn: arn(`role/${RoleName}`), RoleSessionName: 'story' }));
    const held = new IAMClient({
      maxAttempts: 1, credentials: { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken },
    });
    const by = (Command, input) => held.send(new Command(input));
    same((await by(GetRoleCommand, { RoleName })).Role.RoleName, RoleName);
    const text = await refused('AccessDenied', by(CreateRoleCommand, { RoleName: `${group}-more`, AssumeRolePolicyDocument: trust({ AWS: arn('root') }) }));
    same(text.includes(`/${RoleName}/story is not authorized to perform: iam:CreateRole on resource: ${arn(`role/${group}-more`)}`), true);
    await refused('AccessDenied', by(PutRolePolicyCommand, { RoleName, PolicyName: 'all', PolicyDocument: document('*', { Resource: '*' }) }));
    await refused('AccessDenied', by(SimulatePrincipalPolicyCommand, { PolicySourceArn: arn(`role/${RoleName}`), ActionNames: [get] }));
    await refused('AccessDenied', by(DeleteRoleCommand, { RoleName }));
  },
  away: async () => {
    await conflict(send(DeleteRoleCommand, { RoleName }));
    await send(DetachRolePolicyCommand, { RoleName, PolicyArn });
    await missing(send(DetachRolePolicyCommand, { RoleName, PolicyArn }));
    await conflict(send(DeleteRoleCommand, { RoleName }));
    await send(DeleteRolePolicyCommand, { RoleName, PolicyName: 'look' });
    await send(DeleteRoleCommand, { RoleName });
    await missing(send(GetRoleCommand, { RoleName }));
    await send(DeletePolicyVersionCommand, { PolicyArn, VersionId: 'v2' });
    for (const policy of [PolicyArn, bound]) await send(DeletePolicyCommand, { PolicyArn: policy });
    await missing(send(GetPolicyCommand, { PolicyArn }));
  },
});
