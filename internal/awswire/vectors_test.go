package awswire

import (
	"net/http"
	"testing"
	"time"
)

// docSigning is what signs the worked examples in Amazon's S3 guide, "Signature calculations".
func docSigning() Signing {
	return Signing{
		Credentials: Credentials{KeyID: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
		Region:      "us-east-1", Service: "s3",
		At: time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC),
	}
}

// TestPublishedSignatures holds Sign and Verify against the signatures that Amazon publishes for its worked examples.
func TestPublishedSignatures(t *testing.T) {
	const host = "examplebucket.s3.amazonaws.com"
	tests := []struct {
		name string
		req  Request
		want string
	}{
		{
			"get object with range",
			Request{Method: "GET", Path: "/test.txt", Header: http.Header{"Range": {"bytes=0-9"}}},
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		},
		{
			"get bucket lifecycle",
			Request{Method: "GET", Path: "/", RawQuery: "lifecycle"},
			"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
		},
		{
			"list objects",
			Request{Method: "GET", Path: "/", RawQuery: "max-keys=2&prefix=J"},
			"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			tc.req.Host = host
			header, err := Sign(tc.req, docSigning())
			if err != nil {
				t.Fatal(err)
			}
			auth, err := ParseAuthorization(header.Get("Authorization"))
			if err != nil {
				t.Fatal(err)
			}
			if auth.Signature != tc.want {
				t.Errorf("signature %s, want %s", auth.Signature, tc.want)
			}
			tc.req.Header = header
			mustVerify(t, tc.req, S3Rule(), docSigning())
		})
	}
}

// TestPublishedPresign is the worked example of a presigned URL in the same guide.
func TestPublishedPresign(t *testing.T) {
	req := Request{Method: "GET", Path: "/test.txt", Host: "examplebucket.s3.amazonaws.com", Secure: true}
	raw, err := Presign(req, docSigning(), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePresigned(raw)
	if err != nil {
		t.Fatal(err)
	}
	const want = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	if p.Signature != want {
		t.Errorf("signature %s, want %s", p.Signature, want)
	}
	req.RawQuery = raw
	mustVerify(t, req, S3Rule(), docSigning())
}

// TestPublishedVanilla is the plainest case of Amazon's test suite for services other than S3.
func TestPublishedVanilla(t *testing.T) {
	s := Signing{
		Credentials: Credentials{KeyID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
		Region:      "us-east-1", Service: "service", At: time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC),
	}
	for _, path := range []string{"/", "//", "/./", "/example/..", "/example1/example2/../.."} {
		header, err := Sign(Request{Method: "GET", Path: path, Host: "example.amazonaws.com"}, s)
		if err != nil {
			t.Fatal(err)
		}
		auth, err := ParseAuthorization(header.Get("Authorization"))
		if err != nil {
			t.Fatal(err)
		}
		const want = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
		if auth.Signature != want {
			t.Errorf("%s: signature %s, want %s", path, auth.Signature, want)
		}
	}
}

// mustVerify reads and verifies req at the time of signing.
func mustVerify(t *testing.T, req Request, rule Rule, s Signing) Proof {
	t.Helper()
	p, err := ReadProof(req, rule)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(NewSigningKey(s.Secret, p.Scope), s.At); err != nil {
		t.Fatal(err)
	}
	return p
}
