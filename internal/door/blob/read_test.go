package blob_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/door/blob"
	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/web"
)

// TestWire18ContainerListTrailingSlash: Go asks without, JS with a slash behind the account.
func TestWire18ContainerListTrailingSlash(t *testing.T) {
	w, h := serve(t)
	for _, path := range []string{"/northdata", "/northdata/"} {
		rec := ask(w, h, "shared", http.MethodGet, path+"?comp=list")
		var list struct {
			Names []string `xml:"Containers>Container>Name"`
		}
		if err := xml.Unmarshal(rec.Body.Bytes(), &list); err != nil {
			t.Fatalf("%s: %v: %s", path, err, rec.Body)
		}
		if diff := cmp.Diff([]string{"photos", "photos10"}, list.Names); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	for _, path := range []string{"/northdata/photos", "/northdata/photos/"} {
		if rec := ask(w, h, "function", http.MethodGet, path+"?restype=container&comp=list"); rec.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

func TestRanges(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "hello")
	for _, header := range []string{"Range", "x-ms-range"} {
		for spec, want := range map[string]string{"bytes=0-1": "206 he", "bytes=-2": "206 lo", "bytes=3-99": "206 lo", "bytes=9-": "416"} {
			rec := as(w, h, "function", doortest.Request{Target: target, Header: http.Header{http.CanonicalHeaderKey(header): {spec}}})
			got := fmt.Sprint(rec.Code)
			if rec.Code == http.StatusPartialContent {
				got += " " + rec.Body.String()
			}
			if got != want {
				t.Errorf("%s: %s: %s, want %s", header, spec, got, want)
			}
			if rec.Code == http.StatusPartialContent && (rec.Header().Get("Content-MD5") != "") {
				t.Errorf("a part carries the digest of the whole: %v", rec.Header())
			}
		}
	}
	rec := as(w, h, "function", doortest.Request{Target: target, Header: http.Header{"Range": {"bytes=0-1"}, "X-Ms-Range": {"bytes=2-3"}}})
	if rec.Body.String() != "ll" {
		t.Errorf("x-ms-range wins: %s", rec.Body)
	}
	rec = as(w, h, "function", doortest.Request{Method: http.MethodHead, Target: target, Header: http.Header{"Range": {"bytes=0-1"}}})
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Length") != "5" {
		t.Errorf("HEAD with a range: %d %v", rec.Code, rec.Header())
	}
}

func TestConditions(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "hello")
	etag := ask(w, h, "function", http.MethodGet, target).Header().Get("ETag")
	for name, tc := range map[string]struct {
		header http.Header
		status int
	}{
		"same":      {http.Header{"If-Match": {etag}}, http.StatusOK},
		"another":   {http.Header{"If-Match": {`"x"`}}, http.StatusPreconditionFailed},
		"unchanged": {http.Header{"If-None-Match": {etag}}, http.StatusNotModified},
		"changed":   {http.Header{"If-None-Match": {`"x"`}}, http.StatusOK},
	} {
		rec := as(w, h, "function", doortest.Request{Target: target, Header: tc.header})
		if rec.Code != tc.status || tc.status == http.StatusNotModified && rec.Header().Get("ETag") != etag {
			t.Errorf("%s: %d %v", name, rec.Code, rec.Header())
		}
	}
}

// listing is what a client reads of a list of blobs.
type listing struct {
	Names    []string `xml:"Blobs>Blob>Name"`
	Cameras  []string `xml:"Blobs>Blob>Metadata>camera"`
	Prefixes []string `xml:"Blobs>BlobPrefix>Name"`
	Next     string   `xml:"NextMarker"`
}

func TestListPages(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"a", "b/1", "b/2", "c", "d"} {
		put(t, w, photos, key, "hello")
	}
	get := func(query string) (l listing) {
		rec := ask(w, h, "function", http.MethodGet, "/northdata/photos?restype=container&comp=list&"+query)
		if err := xml.Unmarshal(rec.Body.Bytes(), &l); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %v: %s", query, rec.Code, err, rec.Body)
		}
		return l
	}
	for delimiter, want := range map[string][]string{"": {"a", "b/1", "b/2", "c", "d"}, "%2F": {"a", "b/", "c", "d"}} {
		var got []string
		for marker, more := "", true; more; {
			l := get("maxresults=2&delimiter=" + delimiter + "&marker=" + url.QueryEscape(marker))
			got = append(append(got, l.Names...), l.Prefixes...)
			marker, more = l.Next, l.Next != ""
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("delimiter %q: %s", delimiter, diff)
		}
	}
	l := get("prefix=a&include=metadata")
	if diff := cmp.Diff(listing{Names: []string{"a"}, Cameras: []string{"Box"}}, l); diff != "" {
		t.Error(diff)
	}
	if l := get("prefix=a&include="); len(l.Cameras) > 0 {
		t.Error("metadata that nobody asked for")
	}
	for query, want := range map[string]struct {
		status int
		why    string
	}{
		"maxresults=0": {http.StatusBadRequest, string(web.BadQuery)}, "maxresults=x": {http.StatusBadRequest, string(web.BadQuery)},
		"marker=%2F": {http.StatusBadRequest, string(blob.BadMarker)}, "marker=AAAAAAAAAAAAAA": {http.StatusBadRequest, string(blob.BadMarker)}, "include=snapshots": {http.StatusNotImplemented, string(blob.OtherOperation)},
		"showonly=deleted": {http.StatusBadRequest, string(blob.OtherParameter)},
	} {
		rec := ask(w, h, "function", http.MethodGet, "/northdata/photos?restype=container&comp=list&"+query)
		if rec.Code != want.status || string(w.Ledger.Last().Reason) != want.why {
			t.Errorf("%s: %d %s", query, rec.Code, w.Ledger.Last().Reason)
		}
	}
}

func TestContainerPages(t *testing.T) {
	w, h := serve(t)
	var got []string
	for marker, more := "", true; more; {
		rec := ask(w, h, "shared", http.MethodGet, "/northdata?comp=list&maxresults=1&marker="+url.QueryEscape(marker))
		var list struct {
			Names []string `xml:"Containers>Container>Name"`
			Next  string   `xml:"NextMarker"`
		}
		if err := xml.Unmarshal(rec.Body.Bytes(), &list); err != nil || len(list.Names) != 1 {
			t.Fatalf("%v: %s", err, rec.Body)
		}
		got = append(got, list.Names...)
		marker, more = list.Next, list.Next != ""
	}
	if diff := cmp.Diff([]string{"photos", "photos10"}, got); diff != "" {
		t.Error(diff)
	}
	if rec := ask(w, h, "shared", http.MethodGet, "/northdata?comp=list&prefix=photos1"); rec.Body.String() == "" || rec.Code != http.StatusOK {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.Refused(ask(w, h, "shared", http.MethodGet, "/northdata?comp=list&delimiter=x"), http.StatusBadRequest, blob.OtherParameter)
}

// TestAClientGetsItsOwnIDBack: with what is answered and with what is refused, and nothing but visible ASCII of a bounded length.
func TestAClientGetsItsOwnIDBack(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "cat", "meow")
	for said, want := range map[string]string{
		"": "", "mine/1": "mine/1", "a b": "", "é": "", strings.Repeat("x", 1024): strings.Repeat("x", 1024), strings.Repeat("x", 1025): "",
	} {
		for _, target := range []string{"/northdata/photos/cat", "/northdata/photos/none", "/northdata//"} {
			req := doortest.Request{Method: http.MethodGet, Target: target, Header: http.Header{}}
			if said != "" {
				req.Header.Set("x-ms-client-request-id", said)
			}
			if got := as(w, h, "function", req).Header().Values("x-ms-client-request-id"); strings.Join(got, ",") != want {
				t.Errorf("%s with %.20q: got %.20q", target, said, got)
			}
		}
	}
}
