package awswire

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestChunksAgainstPublishedExamples: the two examples that Amazon S3's documentation works through, of 65 KiB of "a" in
// chunks of 64 KiB, without and with a trailer. Only the chain is compared: the seeds are as published.
func TestChunksAgainstPublishedExamples(t *testing.T) {
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	scope := Scope{"20130524", "us-east-1", "s3"}
	key := NewSigningKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope)
	first, second := hexSHA256(bytes.Repeat([]byte("a"), 64<<10)), hexSHA256(bytes.Repeat([]byte("a"), 1<<10))
	for _, tc := range []struct {
		mode           PayloadMode
		seed           string
		chunks         []string
		lines, trailer string
	}{
		{
			mode: PayloadChunksSigned, seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
			chunks: []string{
				"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
				"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
				"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
			},
		},
		{
			mode: PayloadChunksSignedTrailer, seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
			chunks: []string{
				"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
				"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
				"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
			},
			lines: "x-amz-checksum-crc32c:sOO8/Q==\n", trailer: "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
		},
	} {
		p := Proof{Auth: Auth{Scope: scope, Signature: tc.seed}, SignedAt: at, Payload: Payload{Mode: tc.mode}}
		chain := p.Chunks(key)
		for i, sum := range []string{first, second, hexSHA256(nil)} {
			if err := chain.Chunk(sum, tc.chunks[i]); err != nil {
				t.Errorf("%s, chunk %d: %v", p.Payload, i, err)
			}
		}
		if tc.lines != "" {
			if err := chain.Trailer(tc.lines, tc.trailer); err != nil {
				t.Errorf("%s: %v", p.Payload, err)
			}
		}
	}
	if p := (Proof{Payload: Payload{Mode: PayloadChunksTrailer}}); p.Chunks(key) != nil {
		t.Error("a chain of chunks that are not signed")
	}
}

// TestChunksRefuse: another signature than the chain's is refused.
func TestChunksRefuse(t *testing.T) {
	chain := Proof{Payload: Payload{Mode: PayloadChunksSignedTrailer}}.Chunks(SigningKey{})
	if err := chain.Chunk(hexSHA256(nil), strings.Repeat("0", 64)); err == nil {
		t.Error("a wrong signature of a chunk holds")
	}
	if err := chain.Trailer("a:b\n", ""); err == nil {
		t.Error("a trailer without a signature holds")
	}
}
