package directory

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

func trusting(arn string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + arn + `"},"Action":"sts:AssumeRole"}]}`
}

func putRole(s RoleSpec) Command {
	return func(e *Edit) error { _, err := e.PutRole(s); return err }
}

// A role made again under its name is trusted by nobody who trusted the old one (threat F13, IAM User Guide "Principal").
func TestARecreatedRoleInheritsNoTrust(t *testing.T) {
	h := newHouse(t)
	old := h.role(t, "App", lambdaTrust)
	target := h.role(t, "Target", trusting(old.ARN.String()))
	if strings.Contains(target.Trust, old.ARN.String()) || !strings.Contains(target.Trust, `"`+old.UniqueID+`"`) {
		t.Fatalf("the trust names the role by its ARN: %s", target.Trust)
	}
	if got := Readable(h.View(), target.Trust, iampolicy.Trust); got != trusting(old.ARN.String()) {
		t.Errorf("shown as %s", got)
	}
	h.must(t, func(e *Edit) error {
		_, err := e.PutBucket(BucketSpec{Account: h.account(), Name: "trusting", Policy: strings.Replace(
			trusting(old.ARN.String()), `"Action":"sts:AssumeRole"`, `"Action":"s3:GetObject","Resource":"arn:aws:s3:::trusting/*"`, 1)})
		return err
	})
	h.must(t, func(e *Edit) error { return e.DeleteRole(old.ARN) })
	again := h.role(t, "App", lambdaTrust)
	if again.UniqueID == old.UniqueID {
		t.Fatal("the unique id was used again")
	}
	target, _ = h.View().RoleNamed(h.account(), "Target")
	bucket, _ := h.View().Bucket("trusting")
	for _, doc := range []string{target.Trust, bucket.Policy} {
		if strings.Contains(doc, again.UniqueID) || !strings.Contains(doc, old.UniqueID) {
			t.Errorf("the document means the new role: %s", doc)
		}
	}
	if shown := Readable(h.View(), target.Trust, iampolicy.Trust); !strings.Contains(shown, old.UniqueID) {
		t.Errorf("the dead role is shown as one that lives: %s", shown)
	}
	// Everything else about the role can still be changed.
	h.must(t, func(e *Edit) error {
		_, err := e.UpdateRole(target.ARN, func(s *RoleSpec) error { s.Description = "changed"; return nil })
		return err
	})
	// Saying the name anew means the new role.
	if target = h.role(t, "Target", trusting(again.ARN.String())); !strings.Contains(target.Trust, again.UniqueID) {
		t.Errorf("the new trust does not mean the new role: %s", target.Trust)
	}
}

func TestPrincipalsThatDoNotExist(t *testing.T) {
	h := newHouse(t)
	a := h.account().String()
	for _, who := range []string{
		`{"AWS":"arn:aws:iam::` + a + `:role/Missing"}`, `{"AWS":"arn:aws:iam::` + a + `:user/Somebody"}`,
		`{"AWS":"arn:aws:iam::000000000001:root"}`, `{"AWS":"000000000001"}`, `{"AWS":"AROAAAAAAAAAAAAAAAAAA"}`,
		`{"AWS":"arn:aws:sts::` + a + `:assumed-role/Missing/session"}`, `{"AWS":"arn:aws:sts::` + a + `:federated-user/bob"}`,
		`{"Federated":"arn:aws:iam::` + a + `:oidc-provider/ci.example"}`, `{"AWS":["` + a + `","arn:aws:iam::` + a + `:role/Missing"]}`,
	} {
		t.Run(who, func(t *testing.T) {
			doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + who + `,"Action":"sts:AssumeRole"}]}`
			h.refused(t, iampolicy.InvalidPrincipal, putRole(RoleSpec{Account: h.account(), Name: "R", Trust: doc}))
			_, err := h.Do(h.ctx, putRole(RoleSpec{Account: h.account(), Name: "R", Trust: doc}))
			if f := fault.From(err); !strings.Contains(f.Public, "Invalid principal in policy") {
				t.Errorf("clients look for other words than %q", f.Public)
			}
		})
	}
	u, err := name.ParseIssuerURL("https://ci.example/")
	if err != nil {
		t.Fatal(err)
	}
	h.must(t, func(e *Edit) error {
		_, _, err := e.PutOIDCProvider(ProviderSpec{Account: h.account(), URL: u, ClientIDs: []string{"api://x"}})
		return err
	})
	h.role(t, "Here", lambdaTrust)
	for _, who := range []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"` + a + `"}`, `{"AWS":"arn:aws:iam::` + a + `:root"}`,
		`{"AWS":"arn:aws:iam::` + a + `:role/Here"}`, `{"AWS":"arn:aws:sts::` + a + `:assumed-role/Here/session"}`,
		`{"Federated":"arn:aws:iam::` + a + `:oidc-provider/ci.example/"}`, `{"Federated":"accounts.google.com"}`,
	} {
		doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + who + `,"Action":"sts:AssumeRole"}]}`
		if _, err := h.Do(h.ctx, putRole(RoleSpec{Account: h.account(), Name: "R", Trust: doc})); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestRoleRules(t *testing.T) {
	h := newHouse(t)
	good := RoleSpec{Account: h.account(), Name: "R", Trust: lambdaTrust}
	with := func(change func(*RoleSpec)) RoleSpec { s := good; change(&s); return s }
	missing, err := name.NewARN("iam", "", h.account(), "policy/Missing")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		why  fault.Reason
		spec RoleSpec
	}{
		{"name", InvalidName, with(func(s *RoleSpec) { s.Name = "a b" })},
		{"no name", InvalidName, with(func(s *RoleSpec) { s.Name = "" })},
		{"long name", InvalidName, with(func(s *RoleSpec) { s.Name = strings.Repeat("x", 65) })},
		{"path", InvalidName, with(func(s *RoleSpec) { s.Path = "a/" })},
		{"open path", InvalidName, with(func(s *RoleSpec) { s.Path = "/a" })},
		{"short session", InvalidValue, with(func(s *RoleSpec) { s.MaxSession = 3599 })},
		{"long session", InvalidValue, with(func(s *RoleSpec) { s.MaxSession = 43201 })},
		{"lifetime", InvalidValue, with(func(s *RoleSpec) { s.MaxLifetime = 1 })},
		{"no trust", iampolicy.Malformed, with(func(s *RoleSpec) { s.Trust = "" })},
		{"trust with a resource", iampolicy.Malformed, with(func(s *RoleSpec) {
			s.Trust = strings.Replace(lambdaTrust, `"Action"`, `"Resource":"*","Action"`, 1)
		})},
		{"inline with a principal", iampolicy.Malformed, with(func(s *RoleSpec) { s.Inline = map[string]string{"p": lambdaTrust} })},
		{"missing policy", PolicyNotFound, with(func(s *RoleSpec) { s.Managed = []name.ARN{missing} })},
		{"missing boundary", PolicyNotFound, with(func(s *RoleSpec) { s.Boundary = missing })},
		{"no account", AccountNotFound, with(func(s *RoleSpec) { s.Account = name.AccountID{} })},
	} {
		t.Run(tc.name, func(t *testing.T) { h.refused(t, tc.why, putRole(tc.spec)) })
	}
	h.must(t, putRole(good))
	h.refused(t, Exists, func(e *Edit) error { return e.CreateRole(good) })
	h.refused(t, Exists, func(e *Edit) error { s := good; s.Name = "r"; return e.CreateRole(s) })
	h.refused(t, Exists, putRole(with(func(s *RoleSpec) { s.Path = "/other/" })))
	h.refused(t, RoleNotFound, func(e *Edit) error { return e.DeleteRole(h.roleARN(t, "r")) }) // ARNs know case
	v := h.must(t, putRole(with(func(s *RoleSpec) { s.MaxLifetime = 2 })))
	if r, _ := v.RoleNamed(h.account(), "R"); r.MaxSession != 3600 || r.MaxLifetime != 2 {
		t.Errorf("session %d, lifetime %d", r.MaxSession, r.MaxLifetime)
	}
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

func TestUpdateRoleKeepsWhatItIsNotTold(t *testing.T) {
	h := newHouse(t)
	h.must(t, putRole(RoleSpec{Account: h.account(), Name: "R", Trust: lambdaTrust, Inline: map[string]string{"a": allowAll}, Tags: view.Tags{"k": "v"}}))
	arn := h.roleARN(t, "R")
	before, _ := h.View().Role(arn)
	v := h.must(t, func(e *Edit) error {
		_, err := e.UpdateRole(arn, func(s *RoleSpec) error { s.Inline["b"] = allowAll; return nil })
		return err
	})
	after, _ := v.Role(arn)
	if len(before.Inline) != 1 || len(after.Inline) != 2 || !maps.Equal(before.Tags, after.Tags) || after.UniqueID != before.UniqueID {
		t.Errorf("before %+v, after %+v", before, after)
	}
	boom := errors.New("boom")
	if _, err := h.Do(h.ctx, func(e *Edit) error {
		_, err := e.UpdateRole(arn, func(*RoleSpec) error { return boom })
		return err
	}); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
}

// TestABucketsPolicyIsAboutTheBucket: a statement about another bucket, which would hold nowhere, is refused as S3 does.
func TestABucketsPolicyIsAboutTheBucket(t *testing.T) {
	h := newHouse(t)
	for resource, fits := range map[string]bool{
		"arn:aws:s3:::bucket": true, "arn:aws:s3:::bucket/*": true, "arn:aws:s3:::bucket/a/b": true, "arn:aws:s3:::bucket*": true,
		"arn:aws:s3:::b*": true, "*": true, "arn:aws:s3:::bucke?/x": true, "arn:aws:s3:::bucket/${aws:username}/*": true,
		"arn:aws:s3:::buckets": false, "arn:aws:s3:::buckets/*": false, "arn:aws:s3:::bucket-2*": false, "arn:aws:s3:::other/*": false,
		"arn:aws:s3:::Bucket/*": false, "arn:aws:s3:::bucke": false, "arn:aws:iam::123456789012:role/x": false,
	} {
		put := func(doc string) Command {
			return func(e *Edit) error {
				_, err := e.PutBucket(BucketSpec{Account: h.account(), Name: "bucket", Policy: doc})
				return err
			}
		}
		doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","` + resource + `"]}]}`
		if fits {
			h.must(t, put(doc))
			continue
		}
		h.refused(t, iampolicy.Malformed, put(doc))
		h.must(t, put(strings.Replace(doc, `"Resource"`, `"NotResource"`, 1)))
	}
}

func TestBuckets(t *testing.T) {
	h := newHouse(t)
	put := func(s BucketSpec) Command { return func(e *Edit) error { _, err := e.PutBucket(s); return err } }
	v := h.must(t, put(BucketSpec{Account: h.account(), Name: "bucket"}))
	old, _ := v.Bucket("bucket")
	if old.Region != "us-east-2" || old.ARN().String() != "arn:aws:s3:::bucket" {
		t.Errorf("%+v", old)
	}
	if p, err := old.PolicyDoc(); p != nil || err != nil {
		t.Errorf("a policy nobody put: %v, %v", p, err)
	}
	h.refused(t, iampolicy.Malformed, put(BucketSpec{Account: h.account(), Name: "bucket", Policy: "{"}))
	var other name.AccountID
	h.must(t, func(e *Edit) (err error) { other, err = e.CreateAccount("other"); return err })
	h.refused(t, Exists, put(BucketSpec{Account: other, Name: "bucket"}))
	h.must(t, func(e *Edit) error { return e.DeleteBucket("bucket") })
	v = h.must(t, put(BucketSpec{Account: other, Name: "bucket"}))
	if again, _ := v.Bucket("bucket"); again.UID == old.UID {
		t.Error("a new bucket of the name sees the old one's bytes")
	}
}

func TestOIDCProviders(t *testing.T) {
	h := newHouse(t)
	put := func(s ProviderSpec) Command {
		return func(e *Edit) error { _, _, err := e.PutOIDCProvider(s); return err }
	}
	u, err := name.ParseIssuerURL("https://sts.example/tenant/")
	if err != nil {
		t.Fatal(err)
	}
	good := ProviderSpec{Account: h.account(), URL: u, ClientIDs: []string{"api://x"}}
	v := h.must(t, put(good))
	p, ok := v.ProviderOf(h.account(), "https://sts.example/tenant/")
	if !ok || !strings.HasSuffix(p.ARN.String(), ":oidc-provider/sts.example/tenant/") || p.AudienceClaim != "azp-first" {
		t.Errorf("%+v", p)
	}
	if _, ok := v.ProviderOf(h.account(), "https://sts.example/tenant"); ok {
		t.Error("an issuer without the trailing slash was taken for the same")
	}
	twice, empty, claim := good, good, good
	twice.ClientIDs, empty.ClientIDs, claim.AudienceClaim = []string{"a", "a"}, []string{""}, "sub"
	for _, bad := range []ProviderSpec{twice, empty, claim} {
		h.refused(t, InvalidValue, put(bad))
	}
	h.must(t, func(e *Edit) error { return e.DeleteOIDCProvider(p.ARN) })
	h.refused(t, ProviderNotFound, func(e *Edit) error { return e.DeleteOIDCProvider(p.ARN) })
}
