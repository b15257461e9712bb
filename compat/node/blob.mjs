// A workload that uses Blob Storage with the unmodified @azure/storage-blob: uploads in blocks, conditions, leases, copies,
// metadata, lists and signatures of a user delegation key, each with the refusals that belong to it: blob.mjs ACCOUNT-URL.
// Its identity comes from the managed-identity endpoint in its environment.
import { createHash, randomBytes } from "node:crypto";
import { ManagedIdentityCredential } from "@azure/identity";
import {
  BlobSASPermissions, BlobServiceClient, BlockBlobClient, ContainerSASPermissions, SASProtocol, generateBlobSASQueryParameters,
} from "@azure/storage-blob";
import { play, refused, same } from "./play.mjs";

const account = process.argv[2].replace(/\/$/, "");
const options = { retryOptions: { maxTries: 1 } };
const service = new BlobServiceClient(account, new ManagedIdentityCredential(), options);
const files = service.getContainerClient("files");
const others = service.getContainerClient("others");

async function small(name, text) {
  const b = files.getBlockBlobClient(name);
  await b.upload(text, Buffer.byteLength(text));
  return b;
}

const read = async (b) => (await b.downloadToBuffer()).toString();

async function large() {
  const sent = randomBytes(64 << 20);
  const b = files.getBlockBlobClient("node-large");
  await b.uploadData(sent, { blockSize: 4 << 20, concurrency: 4, maxSingleShotSize: 1 << 20 });
  const got = await b.downloadToBuffer(0, undefined, { blockSize: 5 << 20, concurrency: 4 });
  const sum = (x) => createHash("sha256").update(x).digest("hex");
  same(sum(got), sum(sent));
  same((await b.getBlockList("all")).committedBlocks.length, 16);
}

async function conditions() {
  const b = await small("node-conditions", "one");
  const { etag } = await b.getProperties();
  await b.upload("two", 3, { conditions: { ifMatch: etag } });
  await refused("ConditionNotMet", b.upload("three", 5, { conditions: { ifMatch: etag } }));
  await refused("BlobAlreadyExists", b.upload("three", 5, { conditions: { ifNoneMatch: "*" } }));
  await refused("ConditionNotMet", b.setMetadata({}, { conditions: { ifMatch: etag } }));
  same(await b.deleteIfExists().then((r) => r.succeeded), true);
  same(await b.deleteIfExists().then((r) => r.succeeded), false);
}

async function leases() {
  const b = await small("node-leases", "one");
  const mine = b.getBlobLeaseClient();
  await mine.acquireLease(15);
  await refused("LeaseAlreadyPresent", b.getBlobLeaseClient().acquireLease(-1));
  await refused("LeaseIdMissing", b.upload("two", 3));
  await refused("LeaseIdMismatchWithBlobOperation", b.upload("two", 3, { conditions: { leaseId: "11111111-2222-4333-8444-555555555555" } }));
  await b.upload("two", 3, { conditions: { leaseId: mine.leaseId } });
  await mine.renewLease();
  await mine.changeLease("11111111-2222-4333-8444-555555555555");
  same((await b.getProperties()).leaseState, "leased");
  await b.getBlobLeaseClient().breakLease(0);
  await refused("LeaseIsBrokenAndCannotBeRenewed", mine.renewLease());
  await mine.releaseLease();
  await b.delete();
}

async function metadata() {
  const b = await small("node-metadata", "text");
  await b.setMetadata({ Camera: "Box" });
  await b.setHTTPHeaders({ blobContentType: "text/x", blobCacheControl: "no-store" });
  const props = await b.getProperties();
  same([props.metadata, props.contentType, props.cacheControl], [{ camera: "Box" }, "text/x", "no-store"]);
}

async function copy() {
  const from = await small("node copy from", "the original");
  const to = files.getBlockBlobClient("node/copy/to");
  await (await to.beginCopyFromURL(from.url)).pollUntilDone();
  await to.syncCopyFromURL(from.url);
  same(await read(to), "the original");
  await refused("CannotVerifyCopySource", to.syncCopyFromURL(others.getBlobClient("theirs").url));
}

async function names() {
  for (const name of ["env:prod", "a//b", "a/../b", "..", "dots...", "slash/", "per%2Fcent", "plus+space and more", "ünïcödé/名前", "a?b#c"]) {
    // The client normalises relative segments of an address itself, before anything is sent.
    const b = await small("node-names-" + name.replaceAll("/../", "/..."), name);
    same(await read(b), name);
  }
}

async function list() {
  for (const name of ["node-list/a", "node-list/b/1", "node-list/b/2", "node-list/c"]) await small(name, name);
  const got = [];
  for await (const page of files.listBlobsByHierarchy("/", { prefix: "node-list/", includeMetadata: true }).byPage({ maxPageSize: 2 })) {
    for (const b of page.segment.blobItems) got.push(b.name);
    for (const b of page.segment.blobPrefixes ?? []) got.push(b.name);
  }
  same(got, ["node-list/a", "node-list/b/", "node-list/c"]);
  await refused("NotImplemented", files.listBlobsFlat({ includeSnapshots: true }).next());
}

async function signature() {
  await small("node signed", "for you");
  const now = Date.now();
  const key = await service.getUserDelegationKey(new Date(now - 60_000), new Date(now + 3_600_000));
  const expiresOn = new Date(now + 1_800_000);
  const name = new URL(account).pathname.slice(1);
  const sign = (values) => generateBlobSASQueryParameters({ containerName: "files", expiresOn, protocol: SASProtocol.Https, ...values }, key, name);
  const open = (blob, query) => new BlockBlobClient(`${files.getBlockBlobClient(blob).url}?${query}`, undefined, options);
  for (const version of [undefined, "2018-11-09", "2020-02-10", "2020-12-06", "2025-07-05", "2026-04-06"]) {
    const one = sign({ blobName: "node signed", permissions: BlobSASPermissions.parse("r"), version });
    same(await read(open("node signed", one)), "for you");
    await refused("AuthorizationPermissionMismatch", open("node signed", one).upload("x", 1));
    await refused("AuthenticationFailed", open("node-metadata", one).getProperties());
  }
  const whole = sign({ permissions: ContainerSASPermissions.parse("cl"), ipRange: { start: "127.0.0.1" } });
  await open("node made", whole).upload("x", 1);
  await refused("AuthorizationPermissionMismatch", open("node made", whole).upload("y", 1));
  const away = sign({ permissions: ContainerSASPermissions.parse("rcl"), ipRange: { start: "192.0.2.1", end: "192.0.2.9" } });
  await refused("AuthorizationSourceIPMismatch", open("node signed", away).getProperties());
  await refused("InvalidXmlNodeValue", service.getUserDelegationKey(new Date(now), new Date(now + 8 * 86_400_000)));
}

async function containers() {
  await refused("AuthorizationPermissionMismatch", service.getContainerClient("made").create());
  await refused("ContainerAlreadyExists", files.create());
  await files.setMetadata({ owner: "me" });
  same((await files.getProperties()).metadata, { owner: "me" });
}

async function notAllowed() {
  await refused("AuthorizationPermissionMismatch", others.listBlobsFlat().next());
  await refused("AuthorizationPermissionMismatch", others.getBlobClient("theirs").getProperties());
  await refused("AuthorizationPermissionMismatch", others.getBlockBlobClient("mine").upload("x", 1));
  await refused("NotImplemented", files.getBlobClient("node signed").createSnapshot());
  await refused("NotImplemented", files.getBlobClient("node signed").setAccessTier("Cool"));
}

await play({ large, conditions, leases, metadata, copy, names, list, signature, containers, refused: notAllowed });
