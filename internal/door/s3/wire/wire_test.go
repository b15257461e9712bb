package wire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestParseComplete(t *testing.T) {
	got, err := ParseComplete([]byte(`<?xml version="1.0"?><CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
		<Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part><Part><ETag>&quot;b&quot;</ETag><ChecksumCRC32>x==</ChecksumCRC32><PartNumber> 2 </PartNumber></Part>
		</CompleteMultipartUpload>`))
	want := []Chosen{{1, "a", map[string]string{}}, {2, "b", map[string]string{"crc32": "x=="}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestParseDelete(t *testing.T) {
	got, quiet, err := ParseDelete([]byte(`<Delete><Object><Key> a&#x0D;</Key></Object><Quiet>true</Quiet><Object><Key>b</Key><VersionId>null</VersionId><ETag>"x"</ETag><Size>1</Size></Object></Delete>`))
	want := []Doomed{{Key: " a\r"}, {"b", "null", "x", true}}
	if diff := cmp.Diff(want, got); err != nil || !quiet || diff != "" {
		t.Error(err, quiet, diff)
	}
}

// TestMalformedDocuments: what is not exactly the form is refused, with a document type first of all (threat S22).
func TestMalformedDocuments(t *testing.T) {
	part := `<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>`
	object := `<Object><Key>a</Key></Object>`
	for _, text := range []string{
		"", "x", "<", part, "<Complete/>", "<CompleteMultipartUpload/>", "<CompleteMultipartUpload>" + part, "<CompleteMultipartUpload>" + part + "</CompleteMultipartUpload><x/>",
		`<!DOCTYPE x [<!ENTITY a "b">]><CompleteMultipartUpload>` + part + "</CompleteMultipartUpload>", "<CompleteMultipartUpload a='b'>" + part + "</CompleteMultipartUpload>",
		"<CompleteMultipartUpload xmlns='x'>" + part + "</CompleteMultipartUpload>", "<CompleteMultipartUpload><Part><PartNumber>-1</PartNumber></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>",
		"<CompleteMultipartUpload><Part><PartNumber>1<a/></PartNumber></Part></CompleteMultipartUpload>", "<CompleteMultipartUpload><Other/></CompleteMultipartUpload>",
		"<CompleteMultipartUpload>" + strings.Repeat("<a>", 10_000), "<CompleteMultipartUpload>" + strings.Repeat(part, MaxParts+1) + "</CompleteMultipartUpload>",
		"x<CompleteMultipartUpload>" + part + "</CompleteMultipartUpload>", "<?php x?><CompleteMultipartUpload>" + part + "</CompleteMultipartUpload>",
		"<CompleteMultipartUpload>" + strings.Repeat("<Part/>", maxElements) + "</CompleteMultipartUpload>", "<CompleteMultipartUpload>&x;</CompleteMultipartUpload>",
	} {
		if _, err := ParseComplete([]byte(text)); !fault.Is(err, Malformed) {
			t.Errorf("%.80s: %v", text, err)
		}
	}
	for _, text := range []string{
		"<Delete/>", "<Delete><Quiet>true</Quiet></Delete>", "<Delete><Quiet>1x</Quiet>" + object + "</Delete>", "<Delete><Object/></Delete>", "<Delete><Object><Key/></Object></Delete>",
		"<Delete><Quiet>true</Quiet><Quiet>false</Quiet>" + object + "</Delete>", "<Delete>" + strings.Repeat(object, MaxBatch+1) + "</Delete>", "<Delete><Other/></Delete>",
		"<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
	} {
		if _, _, err := ParseDelete([]byte(text)); !fault.Is(err, Malformed) {
			t.Errorf("%.80s: %v", text, err)
		}
	}
	for _, text := range []string{"<Tagging/>", "<Tagging><TagSet/><TagSet/></Tagging>", "<Tagging><TagSet><Tag><Key>a</Key><Other/></Tag></TagSet></Tagging>", "<Tagging><TagSet><a/></TagSet></Tagging>"} {
		if _, err := ParseTagging([]byte(text), 1); !fault.Is(err, Malformed) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := ParseLocation([]byte("<CreateBucketConfiguration><Location/></CreateBucketConfiguration>")); !fault.Is(err, Malformed) {
		t.Error(err)
	}
}

func TestTags(t *testing.T) {
	got, err := ParseTagHeader("team=a%20b&empty=&plain&k+2=v%2B")
	if diff := cmp.Diff(map[string]string{"team": "a b", "empty": "", "plain": "", "k 2": "v+"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, text := range []string{
		"=x", "aws:a=b", "AWS:a=b", "a=1&a=2", "a=1&A=2", "%zz=1", "a=%zz", "a=%FF", strings.Repeat("k", 129) + "=", "k=" + strings.Repeat("v", 257), "a=*", "a%3Cb=c",
		"a&b&c&d&e&f&g&h&i&j&k",
	} {
		if _, err := ParseTagHeader(text); !fault.Is(err, BadTag) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

func TestCopySource(t *testing.T) {
	for text, want := range map[string][2]string{
		"b/k": {"b", "k"}, "/b/k": {"b", "k"}, "b/a%20b%2Bc/%C3%A9": {"b", "a b+c/é"}, "/b//k": {"b", "/k"}, "b/k%3Fx": {"b", "k?x"}, "b/..": {"b", ".."},
		"/b/k?versionId=null": {"b", "k"}, "b/a+b": {"b", "a+b"}, "b%2Fk": {"b", "k"},
	} {
		bucket, key, err := ParseCopySource(text)
		if bucket != want[0] || key != want[1] || err != nil {
			t.Errorf("%s: %q %q %v", text, bucket, key, err)
		}
	}
	for _, text := range []string{"", "/", "b", "b/", "//k", "b/%zz", "b/%FF", "b/k?versionId=1", "b/k?x", "arn:aws:s3:us-east-2:111122223333:accesspoint/a/object/k"} {
		if _, _, err := ParseCopySource(text); !fault.Is(err, BadCopySource) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if start, length, err := ParseCopyRange("bytes=1-4", 5); start != 1 || length != 4 || err != nil {
		t.Error(start, length, err)
	}
	for _, text := range []string{"", "1-2", "bytes=1-5", "bytes=2-1", "bytes=-1", "bytes=1-", "bytes=1-2,3-4", "bytes=+1-2", "bytes=99999999999999999999-1"} {
		if _, _, err := ParseCopyRange(text, 5); !fault.Is(err, BadCopySource) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzWire: whatever is accepted keeps the bounds.
func FuzzWire(f *testing.F) {
	for _, seed := range []string{
		"<Delete><Object><Key>a</Key></Object></Delete>", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>", "b/k", "a=b&c=d", "bytes=1-2",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
		"<CreateBucketConfiguration><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if parts, err := ParseComplete(text); err == nil && (len(parts) == 0 || len(parts) > MaxParts) {
			t.Error(len(parts))
		}
		if list, _, err := ParseDelete(text); err == nil && (len(list) == 0 || len(list) > MaxBatch || list[0].Key == "") {
			t.Error(len(list))
		}
		if tags, err := ParseTagging(text, 3); err == nil && len(tags) > 3 {
			t.Error(len(tags))
		}
		if tags, err := ParseTagHeader(string(text)); err == nil && len(tags) > MaxObjectTags {
			t.Error(len(tags))
		}
		if _, err := ParseLocation(text); err != nil && !fault.IsKind(err, fault.Invalid) {
			t.Error(err)
		}
		if bucket, key, err := ParseCopySource(string(text)); err == nil && (bucket == "" || key == "" || strings.Contains(bucket, "/")) {
			t.Error(bucket, key)
		}
		if start, length, err := ParseCopyRange(string(text), 10); err == nil && (start < 0 || length < 1 || start+length > 10) {
			t.Error(start, length)
		}
	})
}
