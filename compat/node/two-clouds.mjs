// The scene of examples/two-clouds in Node: the same settings, paths and answers, with Azure's and AWS's own SDKs for
// JavaScript. "lanyard demo --function 'node compat/node/two-clouds.mjs'" judges it as it judges the Go program.
import http from 'node:http';
import { ManagedIdentityCredential } from '@azure/identity';
import { ContainerClient } from '@azure/storage-blob';
import { S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const sessionName = 'two-clouds';
const settings = readSettings(process.env);

function readSettings(env) {
  const names = ['STORAGE_ACCOUNT_URL', 'STORAGE_CONTAINER', 'AWS_ROLE_ARN', 'AWS_BUCKET', 'AWS_AUDIENCE'];
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`missing settings: ${missing.join(', ')}`);
  return {
    container: env.STORAGE_CONTAINER,
    containerURL: `${env.STORAGE_ACCOUNT_URL.replace(/\/$/, '')}/${env.STORAGE_CONTAINER}`,
    role: env.AWS_ROLE_ARN,
    bucket: env.AWS_BUCKET,
    audience: env.AWS_AUDIENCE,
    clientId: env.AZURE_CLIENT_ID,
    port: Number(env.FUNCTIONS_CUSTOMHANDLER_PORT ?? 8080),
    probes: env.PROBES === 'on',
  };
}

// managedIdentity is the credential of the resource that the program runs as; without an id the platform chooses.
const managedIdentity = (clientId) => (clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential());

// assume exchanges a token of the identity for a session of the role.
async function assume(identity, { audience = settings.audience, role = settings.role } = {}) {
  const { token } = await identity.getToken(`${audience}/.default`);
  const sts = new STSClient({});
  const { Credentials: got } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: sessionName, WebIdentityToken: token }),
  );
  return {
    accessKeyId: got.AccessKeyId, secretAccessKey: got.SecretAccessKey, sessionToken: got.SessionToken, expiration: got.Expiration,
  };
}

const openContainer = (credential) => new ContainerClient(settings.containerURL, credential);

async function listBlobs(container) {
  const objects = [];
  for await (const blob of container.listBlobsFlat()) {
    objects.push({ name: blob.name, size: blob.properties.contentLength, lastModified: blob.properties.lastModified });
  }
  return objects;
}

async function listBucket(client) {
  const objects = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: settings.bucket })) {
    for (const item of page.Contents ?? []) objects.push({ name: item.Key, size: item.Size, lastModified: item.LastModified });
  }
  return objects;
}

// The clients of the function itself live as long as it does; the SDKs renew tokens and sessions.
const identity = managedIdentity(settings.clientId);
const container = openContainer(identity);
const bucket = new S3Client({ credentials: () => assume(identity) });

async function listing(store, container, proof, list) {
  try {
    return { store, container, objects: await list(), proof };
  } catch (err) {
    return { store, container, objects: [], refusal: refusalOf(err) };
  }
}

const listings = () =>
  Promise.all([
    listing('azure', settings.container, { kind: 'Entra access token' }, () => listBlobs(container)),
    listing('aws', settings.bucket, { kind: 'AWS session by web identity', role: settings.role, sessionName }, () =>
      listBucket(bucket)),
  ]);

const statusOf = (all) => (all.some((l) => l.refusal) ? 502 : 200);

async function serveObjects() {
  const all = await listings();
  return [statusOf(all), { listings: all }];
}

const escaped = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

// servePage shows the same to people.
async function servePage() {
  const all = await listings();
  const parts = all.map((l) => {
    const said = l.refusal ? `<p>refused: ${escaped(JSON.stringify(l.refusal))}</p>` : '';
    const items = l.objects.map((o) => `<li>${escaped(o.name)} (${o.size} bytes)</li>`).join('');
    return `<h2>${l.store}: ${escaped(l.container)}</h2>${said}<ul>${items}</ul>`;
  });
  return [statusOf(all), `<!doctype html><meta charset="utf-8"><title>Two clouds</title>${parts.join('')}\n`];
}

// refusalOf is an SDK's error in the SDK's own words.
function refusalOf(err) {
  const idInText = /request id ([0-9a-f-]{36})/i.exec(err.message);
  return {
    type: err.constructor.name,
    status: err.$metadata?.httpStatusCode ?? err.statusCode ?? err.cause?.status,
    code: err.$metadata ? (err.Code ?? err.name) : err.code,
    message: err.message.split('\n')[0],
    requestId: err.$metadata?.requestId ?? err.response?.headers?.get('x-ms-request-id') ?? idInText?.[1],
  };
}

// Attempts at what is forbidden: see probe.go of examples/two-clouds for what they are and when they exist.
const tokens = new Map();
const sessions = new Map();

function used(kept, name) {
  if (!kept.has(name)) throw new Error(`nothing was kept as ${name}`);
  return kept.get(name);
}

const attempts = {
  async token(a) {
    const token = await managedIdentity(a.identity ?? settings.clientId).getToken(`${a.audience}/.default`);
    if (a.keep) tokens.set(a.keep, token);
    return { expires: new Date(token.expiresOnTimestamp) };
  },
  async blobs(a) {
    const own = managedIdentity(a.identity ?? settings.clientId);
    const held = { getToken: async () => used(tokens, a.use) };
    const misdirected = { getToken: (scopes, options) => own.getToken(`${a.audience}/.default`, options) };
    const credential = a.use ? held : a.audience ? misdirected : own;
    return { objects: (await listBlobs(openContainer(credential))).length };
  },
  async session(a) {
    const got = await assume(managedIdentity(a.identity ?? settings.clientId), a);
    if (a.keep) sessions.set(a.keep, got);
    return { expires: got.expiration };
  },
  async objects(a) {
    const { expiration, ...session } = used(sessions, a.use); // without its end the SDK sends it whatever its age
    return { objects: (await listBucket(new S3Client({ credentials: session }))).length };
  },
};

async function serveProbe(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const attempt = JSON.parse(body);
  if (!Object.hasOwn(attempts, attempt.do)) return [400, { error: `nothing is called ${attempt.do}` }];
  try {
    return [200, await attempts[attempt.do](attempt)];
  } catch (err) {
    return [200, { refusal: refusalOf(err) }];
  }
}

function route(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method === 'GET' && pathname === '/api/objects') return serveObjects();
  if (request.method === 'GET' && pathname === '/') return servePage();
  const json = request.headers['content-type'] === 'application/json';
  if (request.method === 'POST' && pathname === '/api/probe' && settings.probes && json) return serveProbe(request);
  return [404, { error: 'there is nothing under this path' }];
}

const server = http.createServer(async (request, response) => {
  let answer;
  try {
    answer = await route(request);
  } catch (err) {
    answer = [500, { error: err.message }];
  }
  const [status, body] = answer;
  const page = typeof body === 'string';
  response.writeHead(status, { 'content-type': page ? 'text/html; charset=utf-8' : 'application/json', 'cache-control': 'no-store' });
  response.end(page ? body : `${JSON.stringify(body, null, 2)}\n`);
});
server.listen(settings.port, '127.0.0.1', () => {
  console.error(`two-clouds: listening on http://127.0.0.1:${server.address().port}`);
});
