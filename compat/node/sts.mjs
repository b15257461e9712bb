// Who uses STS with AWS's SDK for JavaScript, with the refusals that belong to it: sts.mjs operator|root GROUP ACCOUNT [TOKEN_FILE].
// What there is in the account is the story's, as python/sts.py says.
import { readFileSync } from 'node:fs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, DecodeAuthorizationMessageCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand,
  GetFederationTokenCommand, GetSessionTokenCommand, GetWebIdentityTokenCommand, STSClient,
} from '@aws-sdk/client-sts';
import { play, refusedByAWS as refused, same } from './play.mjs';

const [who, group, account, file] = process.argv.slice(2);
const arn = (name) => `arn:aws:iam::${account}:role/${group}-${name}`;
const sessionARN = (role, name) => `arn:aws:sts::${account}:assumed-role/${group}-${role}/${name}`;
const Bucket = `${group}-files`;
const open = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/open/*` } });
const sts = new STSClient({ maxAttempts: 1 });

// using is a client with the credentials of an answer.
function using(Client, { Credentials: c }) {
  return new Client({ maxAttempts: 1, credentials: { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken } });
}
const caller = async (answer) => (await using(STSClient, answer).send(new GetCallerIdentityCommand({}))).Arn;
const assume = (client, role, more) => client.send(new AssumeRoleCommand({ RoleArn: arn(role), RoleSessionName: 'one', ...more }));
const tagged = { Tags: [{ Key: 'team', Value: 'a' }], TransitiveTagKeys: ['team'], SourceIdentity: 'ann' };

async function readsWhatIsOpen(answer) {
  const s3 = using(S3Client, answer);
  same(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'open/x' }))).Body.transformToString(), 'x');
  await refused('AccessDenied', s3.send(new GetObjectCommand({ Bucket, Key: 'closed/x' })));
}

const operator = {
  assume: async () => {
    const got = await assume(sts, 'first', { ...tagged, DurationSeconds: 900 });
    same([got.AssumedRoleUser.Arn, got.SourceIdentity, await caller(got)], [sessionARN('first', 'one'), 'ann', sessionARN('first', 'one')]);
    await refused('AccessDenied', assume(sts, 'none'));
    await refused('ValidationError', assume(sts, 'first', { DurationSeconds: 43200 }));
    await refused('AccessDenied', assume(sts, 'first', { Tags: [{ Key: 'grade', Value: 'high' }] }));
  },
  chain: async () => {
    const held = using(STSClient, await assume(sts, 'first', tagged));
    const ExternalId = 'deal';
    same(await caller(await assume(held, 'second', { ExternalId })), sessionARN('second', 'one'));
    await refused('AccessDenied', assume(held, 'second'));
    await refused('AccessDenied', assume(held, 'second', { ExternalId: 'deals' }));
    await refused('ValidationError', assume(held, 'second', { ExternalId, SourceIdentity: 'bob' }));
    await refused('ValidationError', assume(held, 'second', { ExternalId, Tags: [{ Key: 'Team', Value: 'b' }] }));
    await refused('ValidationError', assume(held, 'second', { ExternalId, DurationSeconds: 3601 }));
    await refused('AccessDenied', assume(using(STSClient, await assume(sts, 'first')), 'second', { ExternalId }));
    await refused('AccessDenied', held.send(new GetSessionTokenCommand({})));
    await refused('AccessDenied', held.send(new GetFederationTokenCommand({ Name: 'guest', Policy: open })));
  },
  limits: async () => {
    const whole = using(S3Client, await assume(sts, 'first'));
    for (const Key of ['open/x', 'closed/x']) await whole.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    for (const limit of [{ Policy: open }, { PolicyArns: [{ arn: `arn:aws:iam::${account}:policy/${group}-open` }] }]) {
      const got = await assume(sts, 'first', limit);
      same(got.PackedPolicySize > 0, true);
      await readsWhatIsOpen(got);
    }
    await refused('MalformedPolicyDocument', assume(sts, 'first', { Policy: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}' }));
  },
  keys: async () => {
    const { Credentials } = await assume(sts, 'first');
    same((await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: Credentials.AccessKeyId }))).Account, account);
    await refused('ValidationError', sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'ASIAAAAAAAAAAAAAAAAA' })));
  },
  decode: async () => {
    const text = await refused('AccessDenied', assume(using(STSClient, await assume(sts, 'first')), 'second'));
    const [, EncodedMessage] = /failure message: (\S+)/.exec(text);
    const told = JSON.parse((await sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage }))).DecodedMessage);
    same([told.allowed, told.context.action], [false, 'sts:AssumeRole']);
    await refused('InvalidAuthorizationMessageException', sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'x'.repeat(40) })));
  },
  outbound: async () => {
    const held = using(STSClient, await assume(sts, 'first'));
    const elsewhere = { Audience: ['https://elsewhere.example'], SigningAlgorithm: 'RS256' };
    const { WebIdentityToken } = await held.send(new GetWebIdentityTokenCommand({ ...elsewhere, DurationSeconds: 60 }));
    await refused('InvalidIdentityToken', sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: arn('role'), RoleSessionName: 'two', WebIdentityToken })));
    const short = using(STSClient, await assume(sts, 'first', { DurationSeconds: 900 }));
    await refused('SessionDurationEscalationException', short.send(new GetWebIdentityTokenCommand({ ...elsewhere, DurationSeconds: 3600 })));
  },
  web: async () => {
    const WebIdentityToken = readFileSync(file, 'utf8');
    const by = (role, more) => sts.send(new AssumeRoleWithWebIdentityCommand({ RoleArn: arn(role), RoleSessionName: 'web', WebIdentityToken, ...more }));
    const got = await by('role', { Policy: open });
    same([await caller(got), got.Audience], [sessionARN('role', 'web'), `api://${group}`]);
    await readsWhatIsOpen(got);
    await refused('AccessDenied', by('first'));
    await refused('InvalidIdentityToken', by('role', { WebIdentityToken: WebIdentityToken.slice(0, -9) + 'A'.repeat(9) }));
  },
};

const root = {
  root: async () => {
    const got = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    same(await caller(got), `arn:aws:iam::${account}:root`);
  },
  guest: async () => {
    const got = await sts.send(new GetFederationTokenCommand({ Name: 'guest', Policy: open, DurationSeconds: 900 }));
    same([got.FederatedUser.Arn, await caller(got)], Array(2).fill(`arn:aws:sts::${account}:federated-user/guest`));
    await readsWhatIsOpen(got);
    await refused('AccessDenied', assume(using(STSClient, got), 'first'));
  },
};

await play(who === 'root' ? root : operator);
