// A workload that uses AWS's SDK for JavaScript for objects, with the refusals that belong to it: s3.mjs BUCKET. The role comes
// from a web identity's token in a file, as the environment says.
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand,
  ListObjectsV2Command, ListPartsCommand, PutObjectCommand, S3Client, UploadPartCommand, paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { play, refusedByAWS as refused, same } from './play.mjs';

const Bucket = process.argv[2];
const part = 5 << 20;
const s3 = new S3Client({ maxAttempts: 1 });
const send = (Command, input) => s3.send(new Command({ Bucket, ...input }));
const bytes = async (Key) => Buffer.from(await (await send(GetObjectCommand, { Key })).Body.transformToByteArray());

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
  presigned: async () => {
    const Key = 'sig ned+';
    // Otherwise the SDK signs the checksum of the body that it has when it signs, which is none.
    const plain = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
    const put = await getSignedUrl(plain, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    same((await fetch(put, { method: 'PUT', body: 'by url' })).status, 200);
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    same(await (await fetch(get)).text(), 'by url');
    const other = await fetch(get.replace('sig%20ned', 'sig%20med'));
    same([other.status, (await other.text()).includes('<Code>SignatureDoesNotMatch<')], [403, true]);
    await send(DeleteObjectsCommand, { Delete: { Objects: [{ Key }] } });
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
