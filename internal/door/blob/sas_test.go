package blob_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/blob/wire"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
)

// delegation is a user delegation key as a client reads it.
type delegation struct {
	SignedOid, SignedTid, SignedStart, SignedExpiry, SignedService, SignedVersion, Value string
}

const keyTarget = "/northdata?restype=service&comp=userdelegationkey"

func keyInfo(start, expiry time.Time) string {
	return fmt.Sprintf("<?xml version='1.0'?><KeyInfo><Start>%s</Start><Expiry>%s</Expiry></KeyInfo>", start.Format(time.RFC3339), expiry.Format(time.RFC3339))
}

func getKey(t *testing.T, w *doortest.World, h http.Handler, workload string) (k delegation) {
	t.Helper()
	rec := as(w, h, workload, doortest.Request{Method: http.MethodPost, Target: keyTarget, Body: keyInfo(w.Now(), w.Now().Add(time.Hour))})
	if err := xml.Unmarshal(rec.Body.Bytes(), &k); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%d %v %s", rec.Code, err, rec.Body)
	}
	return k
}

// sign makes a signature as the clients' libraries do it in a version; what fields say wins over the defaults.
func (k delegation) sign(w *doortest.World, resource string, fields map[string]string) url.Values {
	q := url.Values{}
	for f, v := range map[string]string{
		"sp": "r", "se": w.Now().Add(30 * time.Minute).Format("2006-01-02T15:04:05Z"), "sv": "2026-02-06", "sr": "b", "spr": "https",
		"skoid": k.SignedOid, "sktid": k.SignedTid, "skt": k.SignedStart, "ske": k.SignedExpiry, "sks": k.SignedService, "skv": k.SignedVersion,
	} {
		q.Set(f, v)
	}
	for f, v := range fields {
		q.Set(f, v)
	}
	order := strings.Fields("sp st se / skoid sktid skt ske sks skv")
	add := func(since, more string) {
		if q.Get("sv") >= since {
			order = append(order, strings.Fields(more)...)
		}
	}
	add("2020-02-10", "saoid suoid scid")
	add("2025-07-05", "skdutid sduoid")
	add("", "sip spr sv sr snapshot")
	add("2020-12-06", "ses")
	add("2026-04-06", "srh srq")
	add("", "rscc rscd rsce rscl rsct")
	text := make([]string, len(order))
	for i, f := range order {
		if text[i] = q.Get(f); f == "/" {
			text[i] = resource
		}
	}
	key, _ := base64.StdEncoding.DecodeString(k.Value)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(text, "\n")))
	q.Set("sig", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return q
}

// signedRequest is a request that carries nothing but the signature.
func signedRequest(method, target string, q url.Values, body string) doortest.Request {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	req := doortest.Request{Method: method, Target: target + separator + q.Encode(), Body: body, Header: http.Header{}}
	if method == http.MethodPut {
		req.Header.Set("x-ms-blob-type", "BlockBlob")
	}
	return req
}

const signedBlob = "/blob/northdata/photos/a"

// TestSignatures: in every version that clients write, a signature opens what it names and nothing else.
func TestSignatures(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	put(t, w, photos, "b", "not this one")
	k := getKey(t, w, h, "shared")
	if rec := w.Ledger; rec.Len() == 0 {
		t.Fatal("nothing recorded")
	}
	for _, version := range []string{"2018-11-09", "2019-12-12", "2020-02-10", "2020-12-06", "2021-06-08", "2025-07-05", "2026-02-06", "2026-04-06"} {
		q := k.sign(w, signedBlob, map[string]string{"sv": version, "rsct": "text/signed"})
		rec := w.Do(h, signedRequest(http.MethodGet, target, q, ""))
		if rec.Code != http.StatusOK || rec.Body.String() != "content" || rec.Header().Get("Content-Type") != "text/signed" || rec.Header().Get("x-ms-version") != version {
			t.Errorf("%s: %d %s %v", version, rec.Code, rec.Body, rec.Header())
		}
		if who := w.Ledger.Last().Principal.ID; who != doortest.GUID(doortest.OneID).String() {
			t.Errorf("recorded as %q", who)
		}
		w.Refused(w.Do(h, signedRequest(http.MethodGet, "/northdata/photos/b", q, "")), http.StatusForbidden, authn.SASSignature)
		w.Refused(w.Do(h, signedRequest(http.MethodGet, "/northdata/photos10/a", q, "")), http.StatusForbidden, authn.SASSignature)
		w.Refused(w.Do(h, signedRequest(http.MethodPut, target, q, "x")), http.StatusForbidden, blob.SignaturePermission)
		w.Refused(w.Do(h, signedRequest(http.MethodDelete, target, q, "")), http.StatusForbidden, blob.SignaturePermission)
		w.Refused(w.Do(h, signedRequest(http.MethodGet, "/northdata/photos?restype=container&comp=list", q, "")), http.StatusForbidden, blob.SignatureScope)
		w.Refused(w.Do(h, signedRequest(http.MethodPost, keyTarget, q, keyInfo(w.Now(), w.Now().Add(time.Hour)))), http.StatusForbidden, blob.SignatureScope)
		if t.Failed() {
			t.Fatal(version)
		}
	}
}

// TestA22SignaturesThatAreNone: whatever is changed, added, forged or out of its time opens nothing.
func TestA22SignaturesThatAreNone(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	k := getKey(t, w, h, "shared")
	good := k.sign(w, signedBlob, nil)
	for what, change := range map[string]func(url.Values){
		"sp": func(q url.Values) { q.Set("sp", "rw") }, "se": func(q url.Values) { q.Set("se", "2026-03-14T23:00:00Z") },
		"sr": func(q url.Values) { q.Set("sr", "c") }, "skoid": func(q url.Values) { q.Set("skoid", doortest.GUID(doortest.FunctionID).String()) },
		"nobody": func(q url.Values) { q.Set("skoid", doortest.GUID(0x999).String()) }, "sktid": func(q url.Values) { q.Set("sktid", doortest.South().String()) },
		"ske": func(q url.Values) { q.Set("ske", "2026-03-20T00:00:00Z") }, "sv": func(q url.Values) { q.Set("sv", "2021-06-08") },
		"scid": func(q url.Values) { q.Set("scid", "x") }, "rsct": func(q url.Values) { q.Set("rsct", "text/html") },
		"no sip": func(q url.Values) { q.Set("sip", "127.0.0.1") }, "zeroes": func(q url.Values) { q.Set("sig", base64.StdEncoding.EncodeToString(make([]byte, 32))) },
	} {
		q := url.Values{}
		for f := range good {
			q.Set(f, good.Get(f))
		}
		change(q)
		w.Refused(w.Do(h, signedRequest(http.MethodGet, target, q, "")), http.StatusForbidden, authn.SASSignature)
		if t.Failed() {
			t.Fatal(what)
		}
	}
	for what, fields := range map[string]map[string]string{
		"newline": {"scid": "a\nb"}, "return": {"rsct": "a\rb"}, "version": {"sv": "2017-11-09"}, "no version": {"sv": ""}, "service": {"sks": "q"},
		"resource": {"sr": "bs"}, "account": {"sr": "s"}, "directory without depth": {"sr": "d"}, "depth zero": {"sr": "d", "sdd": "0"},
		"snapshot": {"snapshot": "2026-01-01"}, "scope": {"ses": "x"}, "headers": {"srh": "x"}, "agent": {"suoid": "x"}, "user": {"sduoid": "x"},
		"end": {"se": "tomorrow"}, "no end": {"se": ""}, "ip": {"sip": "localhost"}, "protocol": {"spr": "http"}, "permissions": {"sp": "R"},
	} {
		w.Refused(w.Do(h, signedRequest(http.MethodGet, target, k.sign(w, signedBlob, fields), "")), http.StatusForbidden, azwire.ReasonSASMalformed)
		if t.Failed() {
			t.Fatal(what)
		}
	}
	for what, tc := range map[string]struct {
		fields map[string]string
		want   fault.Reason
	}{
		"over": {map[string]string{"se": "2026-03-14T15:09:26Z"}, authn.SASTime}, "not yet": {map[string]string{"st": "2026-03-14T15:10:00Z"}, authn.SASTime},
		"elsewhere":  {map[string]string{"sip": "192.0.2.1-192.0.2.9"}, blob.SignatureAddress},
		"past key":   {map[string]string{"se": "2026-03-14T23:00:00Z"}, ""},
		"this host":  {map[string]string{"sip": "127.0.0.1"}, ""},
		"this range": {map[string]string{"sip": "127.0.0.0-127.0.0.255"}, ""},
	} {
		rec := w.Do(h, signedRequest(http.MethodGet, target, k.sign(w, signedBlob, tc.fields), ""))
		if tc.want != "" {
			w.Refused(rec, http.StatusForbidden, tc.want)
		} else if rec.Code != http.StatusOK {
			t.Errorf("%s: %d %s", what, rec.Code, rec.Body)
		}
	}
	plain := signedRequest(http.MethodGet, target, good, "")
	plain.Plain = true
	w.Refused(w.Do(h, plain), http.StatusForbidden, blob.SignatureProtocol)
	both := signedRequest(http.MethodGet, target, good, "")
	both.Header = bearing(w.Token("shared", doortest.StorageAudience))
	w.Refused(w.Do(h, both), http.StatusBadRequest, "authn.several_credentials")
	inName := k.sign(w, "/blob/northdata/photos/a\nb", nil)
	w.Refused(w.Do(h, signedRequest(http.MethodGet, "/northdata/photos/a%0Ab", inName, "")), http.StatusForbidden, authn.SASSignature)
	w.Pass(time.Hour)
	w.Refused(w.Do(h, signedRequest(http.MethodGet, target, k.sign(w, signedBlob, nil), "")), http.StatusForbidden, authn.SASTime)
}

// TestSignatureEnds: what its signer loses, the signature loses at once.
func TestSignatureEnds(t *testing.T) {
	for what, tc := range map[string]struct {
		end  func(*doortest.World)
		want fault.Reason
	}{
		"rights": {func(w *doortest.World) {
			for _, a := range w.View.AssignmentsOf(doortest.GUID(doortest.OneID)) {
				w.Delete(a)
			}
		}, access.Denied},
		"identity deleted": {func(w *doortest.World) {
			w.Delete(&view.UserIdentity{ID: doortest.ResourceID(doortest.North(), view.TypeUserIdentity, "one")})
		}, authn.SASSignature},
		"tokens revoked": {func(w *doortest.World) {
			owner, _ := w.View.PrincipalByObject(doortest.GUID(doortest.OneID))
			i := *owner.Identity
			i.Principal.RevokedAt = w.View.Rev() + 1
			w.Write(&i)
		}, authn.SASSignature},
		"store restored": {func(w *doortest.World) {
			i := *w.View.Installation()
			i.Incarnation = "second"
			w.Write(&i)
		}, authn.SASSignature},
		"account made anew": {func(w *doortest.World) {
			a, _ := w.View.StorageAccount("northdata")
			b := *a
			b.UID = doortest.GUID(0x994)
			w.Write(&b)
		}, authn.SASSignature},
	} {
		t.Run(what, func(t *testing.T) {
			w, h := serve(t)
			put(t, w, photos, "a", "content")
			k := getKey(t, w, h, "shared")
			req := signedRequest(http.MethodGet, target, k.sign(w, signedBlob, nil), "")
			if rec := w.Do(h, req); rec.Code != http.StatusOK {
				t.Fatalf("before: %d %s", rec.Code, rec.Body)
			}
			tc.end(w)
			w.Refused(w.Do(h, req), http.StatusForbidden, tc.want)
		})
	}
}

// TestSignatureWidensNothing: letters that the signer has no right to are worth nothing.
func TestSignatureWidensNothing(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	put(t, w, photos10, "a", "not yours")
	w.Refused(as(w, h, "function", doortest.Request{Method: http.MethodPost, Target: keyTarget, Body: keyInfo(w.Now(), w.Now().Add(time.Hour))}),
		http.StatusForbidden, access.Denied) // the reader's role is on one container, the key is asked for at the account
	w.Write(&view.RoleAssignment{
		ID: doortest.GUID(0x995), Tenant: doortest.North(), Principal: doortest.GUID(doortest.FunctionID),
		Scope: doortest.ResourceID(doortest.North(), view.TypeStorageAccount, "northdata").Scope(), Role: blobDelegator(),
	})
	k := getKey(t, w, h, "function")
	all := map[string]string{"sp": "racwdl", "sr": "c"}
	q := k.sign(w, "/blob/northdata/photos", all)
	if rec := w.Do(h, signedRequest(http.MethodGet, target, q, "")); rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, req := range []doortest.Request{
		signedRequest(http.MethodPut, target, q, "x"), signedRequest(http.MethodDelete, target, q, ""),
		signedRequest(http.MethodGet, "/northdata/photos10/a", k.sign(w, "/blob/northdata/photos10", all), ""),
	} {
		w.Refused(w.Do(h, req), http.StatusForbidden, access.Denied)
	}
	w.Refused(w.Do(h, signedRequest(http.MethodDelete, "/northdata/photos?restype=container", q, "")), http.StatusForbidden, blob.SignatureScope)
	copying := signedRequest(http.MethodPut, "/northdata/photos/copy", getKey(t, w, h, "shared").sign(w, "/blob/northdata/photos", all), "")
	copying.Header = http.Header{"X-Ms-Copy-Source": {doortest.BlobURL + "/northdata/photos10/a"}}
	w.Refused(w.Do(h, copying), http.StatusForbidden, blob.CopySourceDenied) // its signer could, the signature cannot
}

// TestDirectorySignatures: a directory is all names that begin with its segments.
func TestDirectorySignatures(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"a/b/1", "a/b/c/2", "a/bc/3", "a/b"} {
		put(t, w, photos, key, "x")
	}
	k := getKey(t, w, h, "shared")
	q := k.sign(w, "/blob/northdata/photos/a/b", map[string]string{"sr": "d", "sdd": "2", "sp": "rl"})
	for target, want := range map[string]int{
		"/northdata/photos/a/b/1": 200, "/northdata/photos/a/b/c/2": 200, "/northdata/photos/a/bc/3": 403, "/northdata/photos/a/b": 403,
		"/northdata/photos/a%2Fb/1": 200, "/northdata/photos/a/b/../bc/3": 404,
		"/northdata/photos?restype=container&comp=list&prefix=a/b/": 200, "/northdata/photos?restype=container&comp=list&prefix=a/b": 403,
		"/northdata/photos?restype=container&comp=list": 403, "/northdata/photos?restype=container&comp=list&prefix=a/bc/": 403,
	} {
		if rec := w.Do(h, signedRequest(http.MethodGet, target, q, "")); rec.Code != want {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
}

// TestUserDelegationKeys: a key needs its own right, ends within seven days, and is in the ledger before it is given.
func TestUserDelegationKeys(t *testing.T) {
	w, h := serve(t)
	ask := func(body string) doortest.Request {
		return doortest.Request{Method: http.MethodPost, Target: keyTarget, Body: body}
	}
	now := w.Now()
	for body, want := range map[string]fault.Reason{
		"": wire.BadKeyInfo, "<KeyInfo/>": wire.BadKeyInfo, "<KeyInfo><Expiry>soon</Expiry></KeyInfo>": wire.BadKeyInfo,
		"<KeyInfo><Expiry>2026-03-15T00:00:00Z</Expiry><DelegatedUserTid>x</DelegatedUserTid></KeyInfo>": wire.BadKeyInfo,
		"<!DOCTYPE x><KeyInfo><Expiry>2026-03-15T00:00:00Z</Expiry></KeyInfo>":                           wire.BadKeyInfo,
		keyInfo(now, now.Add(7*24*time.Hour+time.Second)):                                                mint.DelegationLife,
		keyInfo(now.Add(-8*24*time.Hour), now.Add(time.Hour)):                                            mint.DelegationLife,
		keyInfo(now, now):                         mint.DelegationLife,
		keyInfo(now.Add(2*time.Hour), now.Add(1)): mint.DelegationLife,
	} {
		w.Refused(as(w, h, "shared", ask(body)), http.StatusBadRequest, want)
		if t.Failed() {
			t.Fatal(body)
		}
	}
	w.Refused(as(w, h, "function", ask(keyInfo(now, now.Add(time.Hour)))), http.StatusForbidden, access.Denied)
	before := w.Ledger.Len()
	k := getKey(t, w, h, "shared")
	issued := false
	for _, rec := range w.Ledger.Since(before) {
		issued = issued || rec.Stream == audit.LedgerStream && rec.Outcome == audit.Issued && rec.Principal.ID == k.SignedOid
		if strings.Contains(fmt.Sprintf("%+v", rec), k.Value) {
			t.Error("the key is in the record")
		}
	}
	if !issued {
		t.Error("the key is not in the ledger")
	}
	if again := getKey(t, w, h, "shared"); again != k {
		t.Error("the same request must give the same key: none is kept")
	}
	w.Pass(time.Second)
	if other := getKey(t, w, h, "shared"); other.Value == k.Value {
		t.Error("another time must give another key")
	}
	held := ask(keyInfo(now, now.Add(time.Hour)))
	held.Header = bearing(w.Token("shared", doortest.StorageAudience))
	i := *w.View.Installation()
	i.Held = true
	w.Write(&i)
	w.Refused(w.Do(h, held), http.StatusServiceUnavailable, mint.Held)
}

// TestT02NoKeyOutlivesItsIdentitysTokens: an identity whose tokens live short gets no key that lives long.
func TestT02NoKeyOutlivesItsIdentitysTokens(t *testing.T) {
	w, h := serve(t)
	one, _ := w.View.PrincipalByObject(doortest.GUID(doortest.OneID))
	short := *one.Identity
	short.MaxLifetime = 1800
	w.Write(&short)
	for life, want := range map[time.Duration]int{30 * time.Minute: http.StatusOK, 30*time.Minute + time.Second: http.StatusBadRequest, time.Hour: http.StatusBadRequest} {
		rec := as(w, h, "shared", doortest.Request{Method: http.MethodPost, Target: keyTarget, Body: keyInfo(w.Now(), w.Now().Add(life))})
		if rec.Code != want {
			t.Errorf("%s: %d %s", life, rec.Code, rec.Body)
		}
	}
}
