// A workload that uses AWS's SDK for JavaScript for objects, with the refusals that belong to it: s3.mjs BUCKET. The role comes
// from a web identity's token in a file, as the environment says.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand,
  ListObjectsV2Command, ListPartsCommand, PutObjectCommand, S3Client, UploadPartCommand, paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { play, same } from './play.mjs';

const Bucket = process.argv[2];
const part = 5 << 20;
const s3 = new S3Client({ maxAttempts: 1 });
const send = (Command, input) => s3.send(new Command({ Bucket, ...input }));
const bytes = async (Key) => Buffer.from(await (await send(GetObjectCommand, { Key })).Body.transformToByteArray());

// refused holds a call to a code and prints the request id, so that the story can ask why.
async function refused(code, promise) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!error || (error.Code ?? error.name) !== code) throw new Error(`wanted ${code}, got ${error?.name}: ${error?.message}`);
  console.log(`refused ${code} ${error.$metadata.requestId}`);
}

await play({
  objects: async () => {
    for (const Key of ['k', 'a b+c/é~*key', 'a//b/../c']) {
      await send(PutObjectCommand, { Key, Body: Key, Metadata: { owner: 'me' } });
      same((await bytes(Key)).toString(), Key);
    }
    await send(PutObjectCommand, { Key: 'streamed', Body: Readable.from([Buffer.from('by '), Buffer.from('stream')]), ContentLength: 9 });
    same((await bytes('streamed')).toString(), 'by stream');
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256']) {
      const put = await send(PutObjectCommand, { Key: 'k', Body: 'x', ChecksumAlgorithm });
      const head = await send(HeadObjectCommand, { Key: 'k', ChecksumMode: 'ENABLED' });
      same(head[`Checksum${ChecksumAlgorithm}`], put[`Checksum${ChecksumAlgorithm}`]);
    }
  },
  multipart: async () => {
    const sent = randomBytes(part + 7);
    const { UploadId } = await send(CreateMultipartUploadCommand, { Key: 'large', ChecksumAlgorithm: 'CRC32' });
    const Parts = [];
    for (const [i, Body] of [sent.subarray(0, part), sent.subarray(part)].entries()) {
      const { ETag, ChecksumCRC32 } = await send(UploadPartCommand, { Key: 'large', UploadId, PartNumber: i + 1, Body, ChecksumAlgorithm: 'CRC32' });
      Parts.push({ PartNumber: i + 1, ETag, ChecksumCRC32 });
    }
    const done = await send(CompleteMultipartUploadCommand, { Key: 'large', UploadId, MultipartUpload: { Parts } });
    same(done.ETag.endsWith('-2"'), true);
    same(sent.equals(await bytes('large')), true);
    await send(CopyObjectCommand, { Key: 'copied', CopySource: `${Bucket}/large` });
    same(sent.equals(await bytes('copied')), true);
  },
  lists: async () => {
    const keys = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket })) keys.push(...page.Contents.map((o) => o.Key));
    same(keys, ['a b+c/é~*key', 'a//b/../c', 'copied', 'k', 'large', 'streamed']);
    same((await send(ListObjectsV2Command, { Delimiter: '/' })).CommonPrefixes.map((p) => p.Prefix), ['a b+c/', 'a/']);
  },
  conditions: async () => {
    await refused('PreconditionFailed', send(PutObjectCommand, { Key: 'k', Body: 'y', IfNoneMatch: '*' }));
    const { ETag } = await send(HeadObjectCommand, { Key: 'k' });
    await send(PutObjectCommand, { Key: 'k', Body: 'z', IfMatch: ETag });
    await refused('PreconditionFailed', send(PutObjectCommand, { Key: 'k', Body: 'y', IfMatch: ETag }));
  },
  batch: async () => {
    const got = await send(DeleteObjectsCommand, { Delete: { Objects: [{ Key: 'copied' }, { Key: 'secret/x' }] } });
    same([got.Deleted.map((d) => d.Key), got.Errors.map((e) => e.Code)], [['copied'], ['AccessDenied']]);
  },
  refused: async () => {
    await refused('AccessDenied', send(PutObjectCommand, { Key: 'secret/x', Body: 'x' }));
    await refused('AccessDenied', send(GetObjectCommand, { Key: 'secret/x' }));
    await refused('NoSuchKey', send(GetObjectCommand, { Key: 'none' }));
    await refused('NoSuchUpload', send(ListPartsCommand, { Key: 'k', UploadId: 'none' }));
  },
});
