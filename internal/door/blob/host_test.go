package blob_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
)

// TestAccountInTheHost: an account is reached by a name of its own, and the host alone says how the path is read.
func TestAccountInTheHost(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "content")
	suffix := ".blob." + strings.TrimPrefix(doortest.StorageURL, "https://")
	for name, tc := range map[string]struct {
		host, target string
		want         int
	}{
		"the account":              {"northdata" + suffix, "/photos/a", http.StatusOK},
		"case does not count":      {"NORTHDATA" + strings.ToUpper(suffix), "/photos/a", http.StatusOK},
		"by path":                  {doortest.Host, "/northdata/photos/a", http.StatusOK},
		"both":                     {"northdata" + suffix, "/northdata/photos/a", http.StatusForbidden}, // the container "northdata"
		"an account that is not":   {"unknown" + suffix, "/northdata/photos/a", http.StatusNotFound},
		"two labels":               {"northdata.photos" + suffix, "/northdata/photos/a", http.StatusOK}, // no account: the path says which
		"no label":                 {strings.TrimPrefix(suffix, "."), "/northdata/photos/a", http.StatusOK},
		"another port":             {"unknown.blob.storage.localhost:1", "/northdata/photos/a", http.StatusOK},
		"a domain that only looks": {"unknown.blob.evilstorage.localhost:8446", "/northdata/photos/a", http.StatusOK},
	} {
		header := bearing(w.Token("function", doortest.StorageAudience))
		header.Set("Host", tc.host)
		if rec := w.Do(h, doortest.Request{Target: tc.target, Header: header}); rec.Code != tc.want {
			t.Errorf("%s: %d %s, want %d", name, rec.Code, rec.Body, tc.want)
		}
	}
	header := bearing(w.Token("function", doortest.StorageAudience))
	header.Set("Host", "northdata"+suffix)
	rec := w.Do(h, doortest.Request{Target: "/photos?restype=container&comp=list", Header: header})
	if want := `ServiceEndpoint="https://northdata` + suffix + `/"`; rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) {
		t.Errorf("the listing: %d %s, want it at %s", rec.Code, rec.Body, want)
	}
	// An installation from before the names has none, and a host is no account then.
	w.View.Installation().URLs["storage"] = ""
	header.Set("Host", "unknown"+suffix)
	if rec := w.Do(h, doortest.Request{Target: target, Header: header}); rec.Code != http.StatusOK {
		t.Errorf("without a domain: %d %s", rec.Code, rec.Body)
	}
}
