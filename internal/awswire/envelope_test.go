package awswire

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestQueryResponse(t *testing.T) {
	got := string(QueryResponse(STSNamespace, "GetCallerIdentity", "id-1", func(x *XML) {
		x.Text("UserId", "AROA:a&b")
		x.Begin("Credentials")
		x.Time("Expiration", time.Date(2026, 3, 14, 16, 9, 26, 5e8, time.FixedZone("", 3600)))
		x.End()
		x.Int("PackedPolicySize", 6)
		x.Bool("IsTruncated", false)
	}))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
		`<UserId>AROA:a&amp;b</UserId><Credentials><Expiration>2026-03-14T15:09:26Z</Expiration></Credentials>` +
		`<PackedPolicySize>6</PackedPolicySize><IsTruncated>false</IsTruncated></GetCallerIdentityResult>` +
		`<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = string(QueryResponse(IAMNamespace, "DeleteRole", "id-2", nil))
	want = `<?xml version="1.0" encoding="UTF-8"?>
<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">` +
		`<ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata></DeleteRoleResponse>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueryError(t *testing.T) {
	got := string(QueryError(STSNamespace, "id", Failure{403, "AccessDenied", "User: <x> is not authorized"}))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>` +
		`<Message>User: &lt;x&gt; is not authorized</Message></Error><RequestId>id</RequestId></ErrorResponse>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := string(QueryError(STSNamespace, "id", Failure{503, "ServiceUnavailable", "m"})); !strings.Contains(got, "<Type>Receiver</Type>") {
		t.Errorf("got %s", got)
	}
}

func TestS3Error(t *testing.T) {
	at := S3Place{Resource: "/b/a\x01\r", RequestID: "id", HostID: "h"}
	got := string(S3Error(at, Failure{403, "RequestTimeTooSkewed", "m"}))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message>` +
		`<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds><Resource>/b/a` + "\ufffd" +
		`&#xD;</Resource><RequestId>id</RequestId><HostId>h</HostId></Error>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := string(S3Error(at, Failure{404, "NoSuchKey", "m"})); strings.Contains(got, "Skew") {
		t.Errorf("got %s", got)
	}
}

// FuzzXMLText: any text comes back from a parser as it was, but for characters that XML does not have.
func FuzzXMLText(f *testing.F) {
	f.Add("a<b>&\"'\r\n\t]]>")
	f.Add("\x00\x1f\ufffe\xff\u0085é")
	f.Fuzz(func(t *testing.T, text string) {
		x := NewDocument("T", "")
		x.b = appendXMLText(x.b, text)
		x.End()
		var got struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(x.Bytes(), &got); err != nil {
			t.Fatalf("%q: %v", x.Bytes(), err)
		}
		want := strings.Map(func(r rune) rune {
			if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
				return 0xfffd
			}
			return r
		}, text)
		if got.Text != want {
			t.Errorf("%q came back as %q", want, got.Text)
		}
	})
}
