package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/objects"
)

func bucketPolicy(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func statement(effect, principal, action string) string {
	return `{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"` + action + `","Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]}`
}

const writerRole = `{"AWS":"arn:aws:iam::111122223333:role/writer"}`

// TestBucketPolicyIsTheOwnersAlone: a policy that lets another account set it does not.
func TestBucketPolicyIsTheOwnersAlone(t *testing.T) {
	w, h := serve(t)
	foreign, ok := w.View.Bucket("foreign")
	if !ok || foreign.Account == doortest.Main() {
		t.Fatalf("the other account's bucket: %+v", foreign)
	}
	open := *foreign
	open.Policy = bucketPolicy(strings.ReplaceAll(statement("Allow", `{"AWS":"111122223333"}`, "s3:PutBucketPolicy"), "photos", "foreign"))
	w.Write(&open)
	w.Refused(as(w, h, "writer", asked(http.MethodPut, "/foreign?policy", bucketPolicy(strings.ReplaceAll(statement("Allow", writerRole, "s3:*"), "photos", "foreign")))),
		http.StatusMethodNotAllowed, s3.ForeignPolicy)
}

// TestConditionsTellNothingOfWhatMayNotBeRead: who may write and not read an object, for a tag that it has, learns by no
// condition what its content is.
func TestConditionsTellNothingOfWhatMayNotBeRead(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "1")
	_ = w.Objects.SetTags(t.Context(), photos, "a", func(objects.Info) (map[string]string, error) {
		return map[string]string{"class": "secret"}, nil
	})
	rights := allow(`"s3:*"`, "photos/*") + `,` + allow(`"s3:ListBucket"`, "photos") +
		`,{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/class":"secret"}}}`
	for _, etag := range []string{`"x"`, `"` + md5Of("1") + `"`} {
		for _, method := range []string{http.MethodPut, http.MethodDelete} {
			req := doortest.Request{Method: method, Target: "/photos/a", Header: http.Header{"If-Match": {etag}}}
			w.Refused(scoped(w, h, rights, req), http.StatusForbidden, access.Denied)
		}
		rec := scoped(w, h, rights, batch("<Object><Key>a</Key><ETag>"+strings.Trim(etag, `"`)+"</ETag></Object>"))
		wantCode(t, rec, http.StatusOK, "AccessDenied")
	}
	if !there(t, w, photos, "a") {
		t.Error("it was deleted")
	}
}

// TestBatchTellsWhatItDid: one refusal among many does not keep what was deleted out of the record.
func TestBatchTellsWhatItDid(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "mine/a", "1")
	before := w.Ledger.Len()
	scoped(w, h, allow(`"s3:DeleteObject"`, "photos/mine/*"), batch(object("mine/a")+object("theirs/c")))
	told := false
	for _, r := range w.Ledger.Since(before) {
		told = told || r.Outcome == audit.Allowed && r.Operation == "DeleteObjects" && r.Decision.Allowed()
	}
	if !told {
		t.Errorf("nothing tells of the deletion: %+v", w.Ledger.Since(before))
	}
}
