package blob_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

const target = "/northdata/photos/a"

// TestA22Proofs: everything but a good bearer token is a 401 or 403, and a 401 says where to get one.
func TestA22Proofs(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	good := w.Token("function", doortest.StorageAudience)
	if rec := w.Do(h, doortest.Request{Target: target, Header: bearing(good)}); rec.Code != http.StatusOK {
		t.Fatalf("the token itself: %d %s", rec.Code, rec.Body)
	}
	challenged := func(t *testing.T, req doortest.Request, want fault.Reason) {
		t.Helper()
		rec := w.Do(h, req)
		w.Refused(rec, http.StatusUnauthorized, want)
		challenge := "Bearer authorization_uri=" + doortest.EntraURL + "/" + doortest.North().String() + "/oauth2/authorize resource_id=" + doortest.StorageAudience
		if got := rec.Header().Get("WWW-Authenticate"); got != challenge {
			t.Errorf("challenge %q", got)
		}
	}
	sas := "?sv=2026-02-06&sr=b&sp=r&se=2027-01-01T00%3A00%3A00Z&sig=" + strings.Repeat("A", 44)
	for name, tc := range map[string]struct {
		target, authorization string
		want                  fault.Reason
	}{
		"shared key":         {target, "SharedKey northdata:" + base64.StdEncoding.EncodeToString(make([]byte, 32)), azwire.ReasonSASKind},
		"shared key lite":    {target, "SharedKeyLite northdata:AAAA", azwire.ReasonSASKind},
		"service signature":  {target + sas, "", azwire.ReasonSASKind},
		"account signature":  {target + "?sv=2026-02-06&ss=b&srt=sco&sp=rwdl&se=2027-01-01&sig=x", "", azwire.ReasonSASKind},
		"stored policy":      {target + sas + "&si=policy", "", azwire.ReasonSASKind},
		"signature, token":   {target + sas, "Bearer " + good, azwire.ReasonSASKind},
		"signature, in case": {target + strings.Replace(sas, "sig", "SIG", 1), "Bearer " + good, azwire.ReasonSASKind},
		"newline injected":   {target + strings.Replace(sas, "sp=r", "sp=r%0Aw", 1), "", azwire.ReasonSASMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			req := doortest.Request{Target: tc.target, Header: http.Header{"X-Ms-Version": {"2026-02-06"}}}
			if tc.authorization != "" {
				req.Header.Set("Authorization", tc.authorization)
			}
			rec := w.Do(h, req)
			w.Refused(rec, http.StatusForbidden, tc.want)
			if tc.want == azwire.ReasonSASKind && rec.Header().Get("WWW-Authenticate") == "" {
				t.Error("whoever brings a key is not told where to get a token")
			}
		})
	}
	for name, tc := range map[string]struct {
		target, authorization string
		want                  fault.Reason
	}{
		"nothing":            {target, "", authn.NoCredentials},
		"basic":              {target, "Basic " + base64.StdEncoding.EncodeToString([]byte("northdata:key")), authn.Scheme},
		"other audience":     {target, "Bearer " + w.Token("function", doortest.AWSAudience), authn.WrongAudience},
		"no token":           {target, "Bearer ", credential.TokenMalformed},
		"token in the query": {target + "?access_token=" + good, "", authn.NoCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			req := doortest.Request{Target: tc.target, Header: http.Header{"X-Ms-Version": {"2026-02-06"}}}
			if tc.authorization != "" {
				req.Header.Set("Authorization", tc.authorization)
			}
			challenged(t, req, tc.want)
		})
	}
	for name, versions := range map[string][]string{
		"no version": nil, "old version": {"2015-12-11"}, "no date": {"latest"}, "later than all": {"9999"}, "almost a date": {"2026-13-01"},
	} {
		t.Run(name, func(t *testing.T) {
			header := bearing(good)
			header["X-Ms-Version"] = versions
			challenged(t, doortest.Request{Target: target, Header: header}, blob.BadVersion)
		})
	}
	t.Run("twice", func(t *testing.T) {
		header := bearing(good)
		header["Authorization"] = append(header["Authorization"], "Bearer "+good)
		w.Refused(w.Do(h, doortest.Request{Target: target, Header: header}), http.StatusBadRequest, awswire.ReasonSeveralCredentials)
	})
	t.Run("over", func(t *testing.T) {
		w.Pass(3 * time.Hour)
		challenged(t, doortest.Request{Target: target, Header: bearing(good)}, credential.TokenExpired)
	})
}

// TestJ01ForgedTokens: no token without a signature of the installation's own key, and none with another audience.
func TestJ01ForgedTokens(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	good := w.Token("function", doortest.StorageAudience)
	bad := w.Forgeries(good)
	maps.Copy(bad, w.BadAudiences(good, doortest.StorageAudience))
	for name, token := range bad {
		t.Run(name, func(t *testing.T) {
			rec := w.Do(h, doortest.Request{Target: target, Header: bearing(token)})
			if rec.Code != http.StatusUnauthorized || strings.Contains(rec.Body.String(), "content") {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			if who := w.Ledger.Last().Principal.ID; who != "" {
				t.Errorf("recorded as %s", who)
			}
		})
	}
}

// TestTokenEnds: a token that is still good on paper opens nothing once its identity is deleted or revoked, or the store
// was restored.
func TestTokenEnds(t *testing.T) {
	function := func(w *doortest.World) view.Resource { return *w.Workload("function").Resource }
	for name, tc := range map[string]struct {
		end  func(*doortest.World)
		want fault.Reason
	}{
		"identity deleted": {func(w *doortest.World) { r := function(w); w.Delete(&r) }, credential.TokenPrincipalGone},
		"identity revoked": {func(w *doortest.World) {
			r := function(w)
			p := *r.System
			p.RevokedAt = w.View.Rev() + 1
			r.System = &p
			w.Write(&r)
		}, credential.TokenRevoked},
		"group fenced": {func(w *doortest.World) {
			w.Write(&view.Tombstone{Scope: name.MustScope("/subscriptions/" + doortest.GUID(0xa1).String() + "/resourceGroups/g")})
		}, credential.TokenPrincipalGone},
		"store restored": {func(w *doortest.World) {
			i := *w.View.Installation()
			i.Incarnation = "second"
			w.Write(&i)
		}, credential.TokenIncarnation},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := serve(t)
			put(t, w, photos, "a", "content")
			req := doortest.Request{Target: target, Header: bearing(w.Token("function", doortest.StorageAudience))}
			tc.end(w)
			w.Refused(w.Do(h, req), http.StatusUnauthorized, tc.want)
		})
	}
}

// TestP09ScopePrefix: a right on photos is none on photos10, on the account, or on a blob path that looks like it.
func TestP09ScopePrefix(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "yours")
	put(t, w, photos10, "a", "not yours")
	for _, target := range []string{
		"/northdata/photos10/a", "/northdata/photos10?restype=container&comp=list", "/northdata?comp=list", "/northdata/photo/a",
		"/northdata/photos%2Fx/a", "/northdata/missing/a",
	} {
		rec := ask(w, h, "function", http.MethodGet, target)
		if rec.Code != http.StatusForbidden && rec.Code != http.StatusBadRequest || strings.Contains(rec.Body.String(), "yours") {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
	for _, target := range []string{"/northdata/photos/a", "/NorthData/photos/a"} {
		if rec := ask(w, h, "function", http.MethodGet, target); rec.Code != http.StatusOK || rec.Body.String() != "yours" {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
	w.Refused(ask(w, h, "function", http.MethodGet, "/northdata/PHOTOS/a"), http.StatusNotFound, directory.ContainerNotFound)
	w.Refused(ask(w, h, "function", http.MethodGet, "/northdata/missing/a"), http.StatusForbidden, access.Denied)
	w.Refused(ask(w, h, "shared", http.MethodGet, "/northdata/missing/a"), http.StatusNotFound, directory.ContainerNotFound)
}

// TestF11OtherTenantsAccount: no token of North opens anything of South, even with an assignment that should not exist.
func TestF11OtherTenantsAccount(t *testing.T) {
	w, h := serve(t)
	put(t, w, southPhotos, "a", "not yours")
	account := doortest.ResourceID(doortest.South(), view.TypeStorageAccount, "southdata")
	w.Write(&view.RoleAssignment{
		ID: doortest.GUID(0x990), Tenant: doortest.North(), Principal: doortest.GUID(doortest.FunctionID), Scope: account.Scope(),
		Role: name.MustGUID("b7e6dc6d-f1e8-4753-8033-0f276bb0955b"), // Storage Blob Data Owner
	})
	for _, req := range []doortest.Request{
		{Target: "/southdata/photos/a"},
		{Method: http.MethodHead, Target: "/southdata/photos/a"},
		{Target: "/southdata?comp=list"},
		{Target: "/southdata/photos?restype=container&comp=list"},
		upload("/southdata/photos/b", "x", nil),
		{Method: http.MethodDelete, Target: "/southdata/photos/a"},
	} {
		rec := as(w, h, "function", req)
		w.Refused(rec, http.StatusUnauthorized, blob.ForeignTenant)
		if got := rec.Header().Get("WWW-Authenticate"); !strings.Contains(got, doortest.South().String()) {
			t.Errorf("the challenge must name the account's tenant: %q", got)
		}
		record := w.Ledger.Last()
		if record.Tenant != doortest.South() || record.Input["caller_tenant"] != doortest.North().String() || record.Principal.ID != doortest.GUID(doortest.FunctionID).String() {
			t.Errorf("the record must show both tenants and the caller: %+v", record)
		}
	}
	if !there(t, w, southPhotos, "a") || there(t, w, southPhotos, "b") {
		t.Error("the other tenant's container was changed")
	}
	claims := w.ClaimsOf(w.Token("function", doortest.StorageAudience)) // the right tenant's name on the wrong identity
	claims["iss"], _ = doortest.Issuers(doortest.South())
	claims["tid"] = doortest.South().String()
	rec := w.Do(h, doortest.Request{Target: "/southdata/photos/a", Header: bearing(w.Sign(claims))})
	w.Refused(rec, http.StatusUnauthorized, credential.TokenPrincipalGone)
}

// TestParametersAreNeverIgnored: what asks for another version or another part is not answered with the blob.
func TestParametersAreNeverIgnored(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	for query, want := range map[string]fault.Reason{
		"snapshot=2026-01-01T00:00:00Z": blob.OtherParameter, "versionid=1": blob.OtherParameter, "VersionId=1": blob.OtherParameter,
		"comp=tags": blob.OtherOperation, "comp=lease": blob.OtherOperation, "comp=page": blob.OtherOperation, "comp=appendblock": blob.OtherOperation,
		"restype=container": blob.OtherOperation, "deletetype=permanent": blob.OtherParameter, "x=1": blob.OtherParameter,
		"comp=list&comp=list": web.RepeatedParameter, "comp=&COMP=tags": web.RepeatedParameter, "a;b": web.BadQuery,
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodDelete} {
			rec := ask(w, h, "shared", method, target+"?"+query)
			w.Refused(rec, rec.Code, want)
			if rec.Code < http.StatusBadRequest {
				t.Errorf("%s %s: %d", method, query, rec.Code)
			}
		}
	}
	if !there(t, w, photos, "a") {
		t.Error("a delete that was refused deleted")
	}
	if rec := ask(w, h, "shared", http.MethodGet, target+"?timeout=30"); rec.Code != http.StatusOK {
		t.Errorf("timeout, which SDKs send: %d %s", rec.Code, rec.Body)
	}
}

// TestHeadersAreNeverIgnored: a lease, a key, a condition or a tier that is not obeyed is refused.
func TestHeadersAreNeverIgnored(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	for header, value := range map[string]string{
		"x-ms-if-tags": "a='b'", "x-ms-encryption-key": "AAAA", "x-ms-tags": "a=b", "x-ms-copy-source-authorization": "Bearer x",
		"x-ms-access-tier": "Archive", "x-ms-legal-hold": "true", "x-ms-immutability-policy-mode": "locked",
		"x-ms-structured-body": "XSM/1.0", "x-ms-encryption-scope": "s", "x-ms-source-content-md5": "AAAA",
	} {
		for _, req := range []doortest.Request{
			{Target: target},
			{Method: http.MethodHead, Target: target},
			{Method: http.MethodDelete, Target: target},
			upload("/northdata/photos/b", "x", nil),
			{Method: http.MethodPut, Target: "/northdata/photos/b?comp=block&blockid=AAAA", Body: "x"},
			{Method: http.MethodPut, Target: "/northdata/photos/a?comp=metadata"},
		} {
			if req.Header == nil {
				req.Header = http.Header{}
			}
			req.Header.Set(header, value)
			w.Refused(as(w, h, "shared", req), http.StatusNotImplemented, blob.OtherOperation)
		}
	}
	w.Refused(as(w, h, "shared", doortest.Request{Method: http.MethodDelete, Target: target, Header: http.Header{"X-Ms-Delete-Snapshots": {"only"}}}),
		http.StatusNotImplemented, blob.OtherOperation)
	if rec := ask(w, h, "shared", http.MethodGet, target); rec.Body.String() != "content" || there(t, w, photos, "b") {
		t.Errorf("a request that was refused changed something: %s", rec.Body)
	}
}

// TestUploads covers what Put Blob holds a body to.
func TestUploads(t *testing.T) {
	w, h := serve(t)
	const sum = "XUFAKrxLKna5cZ2REBfFkg==" // of "hello"
	for name, tc := range map[string]struct {
		header http.Header
		status int
		want   fault.Reason
	}{
		"page blob":       {http.Header{"X-Ms-Blob-Type": {"PageBlob"}}, http.StatusBadRequest, blob.BadHeader},
		"no type":         {http.Header{"X-Ms-Blob-Type": nil}, http.StatusBadRequest, blob.BadHeader},
		"two types":       {http.Header{"X-Ms-Blob-Type": {"BlockBlob", "PageBlob"}}, http.StatusBadRequest, blob.BadHeader},
		"other checksum":  {http.Header{"X-Ms-Content-Crc64": {"AAAAAAAAAAA="}}, http.StatusBadRequest, wire.CRCMismatch},
		"no checksum":     {http.Header{"X-Ms-Content-Crc64": {"AAAA"}}, http.StatusBadRequest, wire.BadCRC},
		"other digest":    {http.Header{"Content-Md5": {"AAAAAAAAAAAAAAAAAAAAAA=="}}, http.StatusBadRequest, objects.DigestMismatch},
		"no digest":       {http.Header{"Content-Md5": {"hello"}}, http.StatusBadRequest, wire.BadDigest},
		"metadata number": {http.Header{"X-Ms-Meta-1a": {"x"}}, http.StatusBadRequest, blob.BadMetadata},
		"metadata dash":   {http.Header{"X-Ms-Meta-A-B": {"x"}}, http.StatusBadRequest, blob.BadMetadata},
		"metadata empty":  {http.Header{"X-Ms-Meta-": {"x"}}, http.StatusBadRequest, blob.BadMetadata},
		"metadata twice":  {http.Header{"X-Ms-Meta-A": {"x", "y"}}, http.StatusBadRequest, blob.BadHeader},
		"metadata long":   {http.Header{"X-Ms-Meta-A": {strings.Repeat("x", objects.MaxMeta)}}, http.StatusBadRequest, objects.MetaInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w.Refused(as(w, h, "shared", upload(target, "hello", tc.header)), tc.status, tc.want)
			if there(t, w, photos, "a") {
				t.Error("an upload that was refused is there")
			}
		})
	}
	chunked := upload(target, "5\r\nhello\r\n0\r\n\r\n", http.Header{"Transfer-Encoding": {"chunked"}})
	w.Refused(as(w, h, "shared", chunked), http.StatusLengthRequired, blob.LengthMissing)
	w.Refused(as(w, h, "function", upload(target, "hello", nil)), http.StatusForbidden, access.Denied)
	rec := as(w, h, "shared", upload(target, "hello", http.Header{"Content-Md5": {sum}, "If-None-Match": {"*"}, "X-Ms-Meta-Camera_1": {"Box"}}))
	if rec.Code != http.StatusCreated || rec.Header().Get("Content-MD5") != sum {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(as(w, h, "shared", upload(target, "again", http.Header{"If-None-Match": {"*"}})), http.StatusConflict, objects.Exists)
}

// TestOddNames: a blob is found under its name as it was sent, and no name is a path.
func TestOddNames(t *testing.T) {
	w, h := serve(t)
	for target, key := range map[string]string{
		"/northdata/photos/a%20b%2Bc": "a b+c", "/northdata/photos/a+b": "a+b", "/northdata/photos/../photos10/x": "../photos10/x",
		"/northdata/photos/%2E%2E/x": "../x", "/northdata/photos/a%2Fb": "a/b", "/northdata/photos//a": "/a", "/northdata/photos/env:prod": "env:prod",
		"/northdata/photos/%25": "%", "/northdata/photos/a%01b": "a\x01b",
	} {
		if rec := as(w, h, "shared", upload(target, key, nil)); rec.Code != http.StatusCreated || !there(t, w, photos, key) {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
		if rec := ask(w, h, "function", http.MethodGet, target); rec.Body.String() != key {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
	rec := ask(w, h, "function", http.MethodGet, "/northdata/photos?restype=container&comp=list&prefix=a%01")
	if !strings.Contains(rec.Body.String(), `<Name Encoded="true">a%01b</Name>`) {
		t.Errorf("a name that XML does not know: %s", rec.Body)
	}
	for _, bad := range []string{"/", "//photos/a", "/northdata//a", "/northdata%2Fphotos/a", `/northdata%5Cphotos/a`} {
		rec := ask(w, h, "function", http.MethodGet, bad)
		w.Refused(rec, http.StatusBadRequest, blob.BadPath)
	}
}

// TestA22HostShiftsNoSignature: a signature's account may be spelled by the host, so a host with a slash would move the
// border between account and container: what is signed for photos/a/b would open the blob b of the container a.
func TestA22HostShiftsNoSignature(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a/b", "content")
	k := getKey(t, w, h, "shared")
	for host, field := range map[string]map[string]string{"northdata/photos": nil, "northdata/photos/a": nil, "northdata/photos.x": {"sr": "d", "sdd": "1"}} {
		q := k.sign(w, "/blob/northdata/photos/a/b", field)
		for _, target := range []string{"/northdata/a/b", "/northdata/b/x", "/northdata/a/b/c"} {
			req := signedRequest(http.MethodGet, target, q, "")
			req.Header.Set("Host", host)
			w.Refused(w.Do(h, req), http.StatusBadRequest, web.BadHost)
		}
	}
}
