package awswire

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

const goodSignature = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func goodAuthorization() string {
	return "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260314/us-east-2/sts/aws4_request, " +
		"SignedHeaders=host;x-amz-date, Signature=" + goodSignature
}

func TestSignedFor(t *testing.T) {
	for header, want := range map[string]string{goodAuthorization(): "sts", "Bearer x": "", "": ""} {
		if got := SignedFor(http.Header{"Authorization": {header}}); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestParseAuthorization(t *testing.T) {
	want := Auth{"ASIAEXAMPLE", Scope{"20260314", "us-east-2", "sts"}, []string{"host", "x-amz-date"}, goodSignature}
	for _, header := range []string{
		goodAuthorization(),
		strings.ReplaceAll(goodAuthorization(), ", ", ","),
		strings.ReplaceAll(goodAuthorization(), ", ", ",  "),
		"AWS4-HMAC-SHA256 Signature=" + goodSignature +
			", SignedHeaders=host;x-amz-date, Credential=ASIAEXAMPLE/20260314/us-east-2/sts/aws4_request",
	} {
		got, err := ParseAuthorization(header)
		if err != nil {
			t.Fatalf("%s: %v", header, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", header, diff)
		}
	}
}

func TestParseAuthorizationRefused(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(goodAuthorization(), from, to, 1) }
	var many strings.Builder
	for i := range MaxSignedHeaders + 1 {
		many.WriteString(";h" + string(rune('a'+i/26)) + string(rune('a'+i%26)))
	}
	tests := []struct {
		name, header string
		want         fault.Reason
	}{
		{"empty", "", ReasonMalformedAuthorization},
		{"bearer", "Bearer abc", ReasonMalformedAuthorization},
		{"other case of the algorithm", change("AWS4-HMAC", "aws4-hmac"), ReasonMalformedAuthorization},
		{"no parts", "AWS4-HMAC-SHA256", ReasonMalformedAuthorization},
		{"version 2", "AWS AKIAEXAMPLE:c2ln", ReasonSignatureV2},
		{"version 4A", change(algorithm, algorithm4A), ReasonSignatureV4A},
		{"too long", goodAuthorization() + strings.Repeat("0", MaxAuthorization), ReasonMalformedAuthorization},
		{"part twice", goodAuthorization() + ", Signature=" + goodSignature, ReasonMalformedAuthorization},
		{"part more", goodAuthorization() + ", Extra=1", ReasonMalformedAuthorization},
		{"part missing", change(", Signature="+goodSignature, ""), ReasonMalformedAuthorization},
		{"part in another case", change("Signature=", "signature="), ReasonMalformedAuthorization},
		{"scope too short", change("/sts/", "/"), ReasonMalformedAuthorization},
		{"scope too long", change("/sts/", "/sts/x/"), ReasonMalformedAuthorization},
		{"scope ends otherwise", change("aws4_request", "aws4_Request"), ReasonMalformedAuthorization},
		{"no key", change("ASIAEXAMPLE", ""), ReasonMalformedAuthorization},
		{"key with a space", change("ASIAEXAMPLE", "ASIA EXAMPLE"), ReasonMalformedAuthorization},
		{"key too long", change("ASIAEXAMPLE", strings.Repeat("A", 129)), ReasonMalformedAuthorization},
		{"day of thirteen months", change("20260314", "20261314"), ReasonMalformedAuthorization},
		{"day with sign", change("20260314", "+2026314"), ReasonMalformedAuthorization},
		{"no region", change("us-east-2", ""), ReasonMalformedAuthorization},
		{"region with a dot", change("us-east-2", "us.east"), ReasonMalformedAuthorization},
		{"no service", change("/sts/", "//"), ReasonMalformedAuthorization},
		{"signature too short", change("Signature=0", "Signature="), ReasonMalformedAuthorization},
		{"signature in upper case", change("abcdef", "ABCDEF"), ReasonMalformedAuthorization},
		{"no signed headers", change("host;x-amz-date", ""), ReasonMalformedAuthorization},
		{"signed headers not sorted", change("host;x-amz-date", "x-amz-date;host"), ReasonMalformedAuthorization},
		{"signed header twice", change("host;", "host;host;"), ReasonMalformedAuthorization},
		{"signed header in upper case", change("host;", "Host;"), ReasonMalformedAuthorization},
		{"signed header empty", change("host;", "host;;"), ReasonMalformedAuthorization},
		{"too many signed headers", change(";x-amz-date", many.String()), ReasonMalformedAuthorization},
		{"host not signed", change("host;", ""), ReasonMalformedAuthorization},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := ParseAuthorization(tc.header); !fault.Is(err, tc.want) {
				t.Errorf("got %+v, %v; want %s", got, err, tc.want)
			}
		})
	}
}

// TestRefusedV2SaysWhatToDo: a client that signs with version 2 is told the two ways out.
func TestRefusedV2SaysWhatToDo(t *testing.T) {
	public := fault.From(refusedV2()).Public
	for _, want := range []string{"signature_version = s3v4", "region"} {
		if !strings.Contains(public, want) {
			t.Errorf("%q does not name %q", public, want)
		}
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add(goodAuthorization())
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=;,Signature=")
	f.Add("AWS x:y")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := ParseAuthorization(header)
		if err != nil {
			return
		}
		again, err := ParseAuthorization(algorithm + " Credential=" + a.KeyID + "/" + a.Scope.String() +
			",SignedHeaders=" + strings.Join(a.SignedHeaders, ";") + ",Signature=" + a.Signature)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again); diff != "" {
			t.Error(diff)
		}
	})
}
