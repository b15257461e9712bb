package blob_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestATokenForOneAccount: a token may be asked for by an account's own address instead of the name that all accounts share;
// it opens that account, however it is reached, and no other.
func TestATokenForOneAccount(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	suffix := ".blob." + strings.TrimPrefix(doortest.StorageURL, "https://")
	byPath, byName := doortest.BlobURL+"/northdata", "https://northdata"+suffix
	get := func(token, host, target string) int {
		header := bearing(token)
		header.Set("Host", host)
		return w.Do(h, doortest.Request{Target: target, Header: header}).Code
	}
	for _, audience := range []string{byPath, byPath + "/", byName, byName + "/"} {
		token := w.Token("function", audience)
		if got := w.ClaimsOf(token)["aud"]; got != audience {
			t.Errorf("the token is for %v, want %s as it was asked for", got, audience)
		}
		for host, target := range map[string]string{doortest.Host: "/northdata/photos/a", "northdata" + suffix: "/photos/a"} {
			if got := get(token, host, target); got != http.StatusOK {
				t.Errorf("%s at %s: %d", audience, host, got)
			}
		}
		if got := get(token, doortest.Host, "/southdata/photos/a"); got != http.StatusUnauthorized {
			t.Errorf("%s at another account: %d", audience, got)
		}
	}
	claims := w.ClaimsOf(w.Token("function", byPath))
	claims["aud"] = doortest.BlobURL + "/southdata"
	if got := get(w.Sign(claims), doortest.Host, "/northdata/photos/a"); got != http.StatusUnauthorized {
		t.Errorf("a token for another account: %d", got)
	}
	// What is no account of the tenant is no audience: another tenant's account is answered like one that is not there.
	for _, audience := range []string{
		doortest.BlobURL, doortest.BlobURL + "/", doortest.BlobURL + "/southdata", doortest.BlobURL + "/unknown", byPath + "/photos",
		doortest.BlobURL + "/NORTHDATA", "https://southdata" + suffix, "https://unknown" + suffix, "https://" + suffix, "http://northdata" + suffix,
		byName + ".evil.example", "https://evil.northdata" + suffix, "https://northdata.blob.evil.example",
	} {
		if a, ok := w.View.Audience(doortest.North(), audience); ok {
			t.Errorf("%s is an audience: %s", audience, a.DisplayName)
		}
	}
}
