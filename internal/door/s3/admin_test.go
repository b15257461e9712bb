package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/disk"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
	"github.com/lanyard-id/lanyard/internal/door/s3/wire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/objects"
)

func asked(method, target, text string) doortest.Request {
	return doortest.Request{Method: method, Target: target, Body: text}
}

const shut = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/reader"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::made/*"}}`

// TestARightThatIsLostMeanwhileIsNotUsed: the writer asks again by the state that it changes, and a bucket that is another by
// then is not changed.
func TestARightThatIsLostMeanwhileIsNotUsed(t *testing.T) {
	w, h := serve(t)
	before, _ := w.View.Bucket("photos")
	for _, req := range []doortest.Request{
		asked(http.MethodPut, "/photos?tagging", "<Tagging><TagSet><Tag><Key>team</Key><Value>a</Value></Tag></TagSet></Tagging>"),
		asked(http.MethodDelete, "/photos?policy", ""),
		asked(http.MethodPut, "/fresh", ""),
		asked(http.MethodDelete, "/photos", ""),
	} {
		writer := w.Bare("writer")
		full, _ := w.View.Role(writer.ARN)
		w.Meanwhile = func() { w.Write(writer) }
		w.Refused(as(w, h, "writer", req), http.StatusForbidden, access.Denied)
		w.Write(full)
	}
	w.Meanwhile = func() {
		other := *before
		other.UID = doortest.GUID(0xf00)
		w.Write(&other)
	}
	w.Refused(as(w, h, "writer", asked(http.MethodDelete, "/photos?tagging", "")), http.StatusNotFound, directory.BucketNotFound)
	if _, ok := w.View.Bucket("fresh"); ok {
		t.Error("a bucket was made without a right")
	}
}

// TestBucketLifecycle makes a bucket, gives it a policy that decides at once and tags, and deletes it when it is empty; a
// bucket that is made again under the name has nothing of the first. Each change is in the ledger.
func TestBucketLifecycle(t *testing.T) {
	w, h := serve(t)
	do := func(status int, req doortest.Request) string {
		t.Helper()
		rec := as(w, h, "writer", req)
		if rec.Code != status {
			t.Fatalf("%s %s: %d %s", req.Method, req.Target, rec.Code, rec.Body)
		}
		return rec.Body.String()
	}
	changed := func(status int, req doortest.Request) {
		t.Helper()
		do(status, req)
		last := w.Ledger.Last()
		if last.Stream != audit.LedgerStream || last.Outcome != audit.Changed || !last.Decision.Allowed() || last.Resource != "arn:aws:s3:::made" || last.Rev != w.View.Rev() {
			t.Errorf("%s %s: recorded as %+v", req.Method, req.Target, last)
		}
	}
	changed(200, asked(http.MethodPut, "/made", "<CreateBucketConfiguration><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>"))
	made, _ := w.View.Bucket("made")
	if made.Account != doortest.Main() {
		t.Errorf("%+v", made)
	}
	do(200, asked(http.MethodPut, "/made/a", "1"))
	do(404, asked(http.MethodGet, "/made?policy", ""))
	changed(204, asked(http.MethodPut, "/made?policy", shut))
	if got := do(200, asked(http.MethodGet, "/made?policy", "")); !strings.Contains(got, "role/reader") {
		t.Errorf("%s", got)
	}
	if got := do(200, asked(http.MethodGet, "/made?policyStatus", "")); !strings.Contains(got, "<IsPublic>false</IsPublic>") {
		t.Errorf("%s", got)
	}
	changed(204, asked(http.MethodPut, "/made?tagging", "<Tagging><TagSet><Tag><Key>team</Key><Value>a</Value></Tag></TagSet></Tagging>"))
	if b, _ := w.View.Bucket("made"); b.Policy == "" || b.Tags["team"] != "a" {
		t.Errorf("%+v", b)
	}
	if got := do(200, asked(http.MethodGet, "/made?tagging", "")); !strings.Contains(got, "<Tag><Key>team</Key><Value>a</Value></Tag>") {
		t.Errorf("%s", got)
	}
	changed(204, asked(http.MethodDelete, "/made?policy", ""))
	if b, _ := w.View.Bucket("made"); b.Policy != "" || b.Tags["team"] != "a" {
		t.Errorf("%+v", b)
	}
	changed(204, asked(http.MethodDelete, "/made?tagging", ""))
	do(404, asked(http.MethodGet, "/made?tagging", ""))
	w.Refused(as(w, h, "writer", asked(http.MethodDelete, "/made", "")), http.StatusConflict, objects.SpaceNotEmpty)
	do(204, asked(http.MethodDelete, "/made/a", ""))
	do(200, asked(http.MethodPost, "/made/never?uploads", ""))
	changed(204, asked(http.MethodDelete, "/made", ""))
	do(404, asked(http.MethodGet, "/made/a", ""))
	changed(200, asked(http.MethodPut, "/made", ""))
	if got := do(200, asked(http.MethodGet, "/made?uploads", "")); strings.Contains(got, "never") {
		t.Errorf("%s", got)
	}
	if again, _ := w.View.Bucket("made"); again.UID == made.UID {
		t.Error("the bucket has the bytes of the one before")
	}
}

func TestBucketRefuses(t *testing.T) {
	w, h := serve(t)
	before := w.View.Rev()
	for _, tc := range []struct {
		req    doortest.Request
		status int
		why    fault.Reason
	}{
		{asked(http.MethodPut, "/photos", ""), 409, s3.BucketOwned},
		{asked(http.MethodPut, "/foreign", ""), 409, s3.BucketTaken},
		{asked(http.MethodPut, "/Bad_Name", ""), 400, directory.InvalidName},
		{asked(http.MethodPut, "/made", "<x/>"), 400, wire.Malformed},
		{asked(http.MethodPut, "/made", "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"), 400, s3.WrongRegion},
		{doortest.Request{Method: http.MethodPut, Target: "/made", Header: http.Header{"X-Amz-Acl": {"public-read"}}}, 400, wire.ACLUnsupported},
		{doortest.Request{Method: http.MethodPut, Target: "/made", Header: http.Header{"X-Amz-Object-Ownership": {"ObjectWriter"}}}, 400, wire.ACLUnsupported},
		{doortest.Request{Method: http.MethodPut, Target: "/made", Header: http.Header{"X-Amz-Bucket-Object-Lock-Enabled": {"true"}}}, 501, s3.OtherOperation},
		{asked(http.MethodPut, "/photos?policy", "{}"), 400, iampolicy.Malformed},
		{asked(http.MethodPut, "/photos?policy", ""), 400, iampolicy.Malformed},
		{asked(http.MethodPut, "/photos?policy", shut), 400, iampolicy.Malformed}, // it is about another bucket
		{asked(http.MethodPut, "/photos?policy", strings.NewReplacer("role/reader", "role/nobody", "made/", "photos/").Replace(shut)), 400, iampolicy.InvalidPrincipal},
		{asked(http.MethodPut, "/photos?policy", strings.Repeat(" ", 21<<10)+shut), 400, objects.TooLarge},
		{asked(http.MethodPut, "/photos?tagging", "<Tagging><TagSet><Tag><Key>aws:x</Key><Value/></Tag></TagSet></Tagging>"), 400, wire.BadTag},
		{asked(http.MethodPut, "/foreign?policy", shut), 403, access.Denied},
		{asked(http.MethodDelete, "/foreign", ""), 403, access.Denied},
		{asked(http.MethodDelete, "/nowhere", ""), 404, directory.BucketNotFound},
		{asked(http.MethodPut, "/photos?versioning", "<VersioningConfiguration/>"), 501, s3.OtherOperation},
	} {
		rec := as(w, h, "writer", tc.req)
		w.Refused(rec, tc.status, tc.why)
	}
	for _, req := range []doortest.Request{
		asked(http.MethodPut, "/made", ""), asked(http.MethodDelete, "/photos", ""), asked(http.MethodPut, "/photos?policy", shut), asked(http.MethodDelete, "/photos?policy", ""),
		asked(http.MethodGet, "/photos?policy", ""), asked(http.MethodPut, "/photos?tagging", "<Tagging><TagSet/></Tagging>"), asked(http.MethodDelete, "/photos?tagging", ""),
		asked(http.MethodGet, "/photos?acl", ""), asked(http.MethodGet, "/photos?versioning", ""), asked(http.MethodGet, "/photos?versions", ""), asked(http.MethodGet, "/photos?lifecycle", ""),
	} {
		w.Refused(as(w, h, "reader", req), http.StatusForbidden, access.Denied)
	}
	if w.View.Rev() != before {
		t.Error("a refused request changed something")
	}
}

// TestNoBucketChangeWithoutItsRecord: a ledger that takes nothing, and a full disk, stop changes before they are made.
func TestNoBucketChangeWithoutItsRecord(t *testing.T) {
	w, h := serve(t)
	full := func() error { return fault.New(fault.Unavailable, disk.Full, "") }
	for what, door := range map[string]http.Handler{
		"sick ledger": mount(t, w, doortest.SickLedger{On: w.Ledger}, roomy), "full disk": mount(t, w, w.Ledger, full),
	} {
		before := w.View.Rev()
		for _, req := range []doortest.Request{
			asked(http.MethodPut, "/made", ""), asked(http.MethodPut, "/photos?policy", shut), asked(http.MethodDelete, "/photos", ""),
			asked(http.MethodPut, "/photos?tagging", "<Tagging><TagSet/></Tagging>"),
		} {
			if rec := as(w, door, "writer", req); rec.Code != http.StatusServiceUnavailable || w.View.Rev() != before {
				t.Errorf("%s: %s %s: %d %s", what, req.Method, req.Target, rec.Code, rec.Body)
			}
		}
	}
	if rec := as(w, h, "writer", asked(http.MethodPut, "/photos/a", "1")); rec.Code != http.StatusOK {
		t.Errorf("the bucket was closed: %d %s", rec.Code, rec.Body)
	}
}

// TestConfigurationsThatAreNotThere: Terraform's aws_s3_bucket asks all of these of each bucket, and takes these answers for
// a bucket on which nothing was set up.
func TestConfigurationsThatAreNotThere(t *testing.T) {
	w, h := serve(t)
	for sub, code := range map[string]string{
		"cors": "NoSuchCORSConfiguration", "website": "NoSuchWebsiteConfiguration", "lifecycle": "NoSuchLifecycleConfiguration", "policy": "NoSuchBucketPolicy",
		"replication": "ReplicationConfigurationNotFoundError", "encryption": "ServerSideEncryptionConfigurationNotFoundError", "tagging": "NoSuchTagSet",
		"object-lock": "ObjectLockConfigurationNotFoundError", "publicAccessBlock": "NoSuchPublicAccessBlockConfiguration", "policyStatus": "NoSuchBucketPolicy",
	} {
		wantCode(t, ask(w, h, "writer", http.MethodGet, "/photos?"+sub), http.StatusNotFound, code)
	}
	for sub, want := range map[string]string{
		"versioning": "<VersioningConfiguration xmlns=", "accelerate": "<AccelerateConfiguration ", "logging": "<BucketLoggingStatus ", "requestPayment": "<Payer>BucketOwner</Payer>",
		"ownershipControls": "<ObjectOwnership>BucketOwnerEnforced<", "acl": "<Permission>FULL_CONTROL</Permission>",
	} {
		if rec := ask(w, h, "writer", http.MethodGet, "/photos?"+sub); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) || strings.Contains(rec.Body.String(), "Enabled") {
			t.Errorf("%s: %d %s", sub, rec.Code, rec.Body)
		}
	}
	put(t, w, photos, "a", "1")
	if rec := ask(w, h, "writer", http.MethodGet, "/photos?versions"); field(t, rec, "VersionId") != "null" || field(t, rec, "IsLatest") != "true" {
		t.Errorf("%s", rec.Body)
	}
}

// TestObjectTags: what an object's tags are decides, where a policy says so, whoever sets them and however they came.
func TestObjectTags(t *testing.T) {
	w, h := serve(t)
	tagging := func(v string) string {
		return "<Tagging><TagSet><Tag><Key>Team</Key><Value>" + v + "</Value></Tag></TagSet></Tagging>"
	}
	upload := asked(http.MethodPut, "/photos/a", "1")
	upload.Header = http.Header{"X-Amz-Tagging": {"Team=a"}}
	w.Refused(scoped(w, h, allow(`"s3:PutObject"`, "photos/*"), upload), http.StatusForbidden, access.Denied)
	if rec := as(w, h, "writer", upload); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	read := `{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/team":"a"}}}`
	if rec := scoped(w, h, read, asked(http.MethodGet, "/photos/a?tagging", "")); rec.Code != http.StatusOK || field(t, rec, "Value") != "a" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if rec := scoped(w, h, read, asked(method, "/photos/a", "")); rec.Code != http.StatusOK || rec.Header().Get("X-Amz-Tagging-Count") != "1" {
			t.Errorf("%d %v", rec.Code, rec.Header())
		}
	}
	set := `{"Effect":"Allow","Action":"s3:PutObjectTagging","Resource":"*","Condition":{"StringEquals":{"s3:RequestObjectTag/Team":"b"},"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["Team"]}}}`
	w.Refused(scoped(w, h, set, asked(http.MethodPut, "/photos/a?tagging", tagging("c"))), http.StatusForbidden, access.Denied)
	if rec := scoped(w, h, set, asked(http.MethodPut, "/photos/a?tagging", tagging("b"))); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, target := range []string{"/photos/a", "/photos/a?tagging"} {
		w.Refused(scoped(w, h, read, asked(http.MethodGet, target, "")), http.StatusForbidden, access.Denied)
	}
	w.Refused(scoped(w, h, read+","+allow(`"s3:PutObject"`, "*"), copying("/photos/b", "/photos/a")), http.StatusForbidden, access.Denied)
	if rec := as(w, h, "writer", asked(http.MethodDelete, "/photos/a?tagging", "")); rec.Code != http.StatusNoContent {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := as(w, h, "writer", asked(http.MethodGet, "/photos/a?tagging", "")); strings.Contains(rec.Body.String(), "<Tag>") {
		t.Errorf("%s", rec.Body)
	}
	w.Refused(as(w, h, "writer", asked(http.MethodPut, "/photos/none?tagging", tagging("c"))), http.StatusNotFound, objects.NotFound)
	w.Refused(as(w, h, "reader", asked(http.MethodPut, "/photos/a?tagging", tagging("c"))), http.StatusForbidden, access.Denied)
	w.Refused(as(w, h, "writer", asked(http.MethodPut, "/photos/a?tagging", "<Tagging/>")), http.StatusBadRequest, wire.Malformed)
	upload.Header = http.Header{"X-Amz-Tagging": {"a=1&a=2"}}
	w.Refused(as(w, h, "writer", upload), http.StatusBadRequest, wire.BadTag)
}

// TestListingBucketsIsNamedInTwoWays: policies say "*" or all buckets, and either denies.
func TestListingBucketsIsNamedInTwoWays(t *testing.T) {
	w, h := serve(t)
	list := asked(http.MethodGet, "/", "")
	for _, all := range []string{"*", "arn:aws:s3:::*"} {
		may := `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"` + all + `"}`
		if rec := scoped(w, h, may, list); rec.Code != http.StatusOK {
			t.Errorf("allowed on %s: %d %s", all, rec.Code, rec.Body)
		}
		not := `{"Effect":"Deny","Action":"s3:ListAllMyBuckets","Resource":"` + all + `"}`
		w.Refused(scoped(w, h, may+","+not, list), http.StatusForbidden, access.Denied)
	}
	w.Refused(scoped(w, h, `{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::photos"}`, list), http.StatusForbidden, access.Denied)
}
