package s3_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/s3"
)

// page is what a client reads of a listing.
type page struct {
	Keys     []string `xml:"Contents>Key"`
	Owners   []string `xml:"Contents>Owner>ID"`
	ETags    []string `xml:"Contents>ETag"`
	Prefixes []string `xml:"CommonPrefixes>Prefix"`
	Prefix   string
	Count    int    `xml:"KeyCount"`
	More     bool   `xml:"IsTruncated"`
	Next     string `xml:"NextContinuationToken"`
	Marker   string `xml:"NextMarker"`
	Encoding string `xml:"EncodingType"`
	MaxKeys  int
}

func list(t *testing.T, w *doortest.World, h http.Handler, query string) page {
	t.Helper()
	rec := ask(w, h, "reader", http.MethodGet, "/photos?"+query)
	var p page
	if err := xml.Unmarshal(rec.Body.Bytes(), &p); rec.Code != http.StatusOK || err != nil {
		t.Fatalf("%s: %d, %v: %s", query, rec.Code, err, rec.Body)
	}
	return p
}

func TestListV2Pages(t *testing.T) {
	w, h := serve(t)
	var want []string
	for i := range 7 {
		key := fmt.Sprintf("dir%d/file", i/2)
		put(t, w, photos, key+fmt.Sprint(i), "x")
		want = append(want, key+fmt.Sprint(i))
	}
	for _, delimiter := range []string{"", "/"} {
		var got []string
		for token, more := "", true; more; {
			query := "list-type=2&max-keys=2&delimiter=" + delimiter
			if token != "" {
				query += "&continuation-token=" + url.QueryEscape(token)
			}
			p := list(t, w, h, query)
			if p.Count != len(p.Keys)+len(p.Prefixes) || p.Count > 2 || p.More != (p.Next != "") {
				t.Errorf("%s: %+v", query, p)
			}
			got = append(append(got, p.Keys...), p.Prefixes...)
			token, more = p.Next, p.More
		}
		wanted := want
		if delimiter != "" {
			wanted = []string{"dir0/", "dir1/", "dir2/", "dir3/"}
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("delimiter %q: %s", delimiter, diff)
		}
	}
}

func TestListV1Pages(t *testing.T) {
	w, h := serve(t)
	for _, key := range []string{"a", "b/1", "b/2", "c"} {
		put(t, w, photos, key, "x")
	}
	first := list(t, w, h, "max-keys=2&delimiter=/")
	if diff := cmp.Diff(page{Keys: []string{"a"}, Owners: first.Owners, ETags: first.ETags, Prefixes: []string{"b/"}, More: true, Marker: "b/", MaxKeys: 2}, first); diff != "" || len(first.Owners) != 1 {
		t.Error(diff)
	}
	if second := list(t, w, h, "max-keys=2&delimiter=/&marker="+first.Marker); !slices.Equal(second.Keys, []string{"c"}) || second.More || len(second.Prefixes) > 0 {
		t.Errorf("%+v", second)
	}
	if p := list(t, w, h, "max-keys=1"); p.Marker != "" || !p.More {
		t.Errorf("without a delimiter the marker is the last key: %+v", p)
	}
}

func TestListOptions(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a b&<c>/é+", "x")
	put(t, w, photos, "z", "x")
	p := list(t, w, h, "list-type=2&encoding-type=url&prefix=a%20b")
	if p.Keys[0] != "a%20b%26%3Cc%3E/%C3%A9%2B" || p.Prefix != "a%20b" || p.Encoding != "url" {
		t.Errorf("%+v", p)
	}
	if p := list(t, w, h, "list-type=2"); p.Keys[0] != "a b&<c>/é+" || len(p.Owners) != 0 || p.ETags[0] != `"9dd4e461268c8034f5c8564e155c67a6"` {
		t.Errorf("%+v", p)
	}
	if p := list(t, w, h, "list-type=2&fetch-owner=true&start-after=b"); len(p.Owners) != 1 || len(p.Owners[0]) != 64 || p.Keys[0] != "z" {
		t.Errorf("%+v", p)
	}
	if p := list(t, w, h, "list-type=2&max-keys=0"); p.More || p.Count != 0 || p.MaxKeys != 0 {
		t.Errorf("%+v", p)
	}
	if p := list(t, w, h, "list-type=2&max-keys=999999"); p.MaxKeys != 1000 {
		t.Errorf("%+v", p)
	}
	for _, query := range []string{
		"max-keys=-1", "max-keys=x", "max-keys=99999999999999999999", "encoding-type=base64", "list-type=2&continuation-token=%2F",
		"list-type=2&continuation-token=",
	} {
		w.Refused(ask(w, h, "reader", http.MethodGet, "/photos?"+query), http.StatusBadRequest, s3.BadArgument)
	}
}

func TestListBucketsPages(t *testing.T) {
	w, h := serve(t)
	type buckets struct {
		Names []string `xml:"Buckets>Bucket>Name"`
		Next  string   `xml:"ContinuationToken"`
	}
	get := func(query string) (b buckets) {
		rec := ask(w, h, "reader", http.MethodGet, "/?"+query)
		if err := xml.Unmarshal(rec.Body.Bytes(), &b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := get("max-buckets=2")
	second := get("max-buckets=2&continuation-token=" + first.Next)
	if diff := cmp.Diff([]string{"locked", "photos", "photos10"}, append(first.Names, second.Names...)); diff != "" || second.Next != "" {
		t.Errorf("%s, then %q", diff, second.Next)
	}
	if got := get("prefix=photos"); len(got.Names) != 2 || got.Next != "" {
		t.Errorf("%+v", got)
	}
}

func TestReadOptions(t *testing.T) {
	w, h := serve(t)
	put(t, w, photos, "a", "hello")
	put(t, w, photos, "empty", "")
	get := func(target string, header http.Header) (int, string, http.Header) {
		rec := as(w, h, "reader", doortest.Request{Target: target, Header: header})
		return rec.Code, rec.Body.String(), rec.Header()
	}
	for spec, want := range map[string]string{
		"bytes=0-1": "206 he", "bytes=-2": "206 lo", "bytes=3-99": "206 lo", "bytes=0-0,2-2": "200 hello", "lines=1-2": "200 hello",
		"bytes=3-1": "200 hello",
	} {
		if code, body, _ := get("/photos/a", http.Header{"Range": {spec}}); fmt.Sprint(code, " ", body) != want {
			t.Errorf("%s: %d %s, want %s", spec, code, body, want)
		}
	}
	if code, body, _ := get("/photos/a", http.Header{"Range": {"bytes=0-1"}, "If-Range": {`"other"`}}); code != http.StatusOK || body != "hello" {
		t.Errorf("a range of another version: %d %s", code, body)
	}
	if code, _, _ := get("/photos/empty", http.Header{"Range": {"bytes=0-"}}); code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range of nothing: %d", code)
	}
	_, _, header := get("/photos/a", http.Header{"Range": {"bytes=0-1"}, "X-Amz-Checksum-Mode": {"ENABLED"}})
	if header.Get("X-Amz-Checksum-Sha256") != "" {
		t.Error("a part carries the checksum of the whole")
	}
	if code, body, _ := get("/photos/a?response-content-type=a%0D%0Ab", nil); code != http.StatusBadRequest {
		t.Errorf("a header with a line end: %d %s", code, body)
	}
	rec := as(w, h, "reader", doortest.Request{Method: http.MethodHead, Target: "/photos/a", Header: http.Header{"Range": {"bytes=0-1"}}})
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Length") != "5" || rec.Body.Len() != 0 {
		t.Errorf("HEAD with a range: %d %v", rec.Code, rec.Header())
	}
	rec = as(w, h, "reader", doortest.Request{Method: http.MethodHead, Target: "/photos", Header: http.Header{"X-Amz-Expected-Bucket-Owner": {doortest.Other().String()}}})
	w.Refused(rec, http.StatusForbidden, s3.OtherOwner)
	if rec.Body.Len() != 0 {
		t.Errorf("HEAD has a body: %s", rec.Body)
	}
	if refused := ask(w, h, "getter", http.MethodGet, "/photos"); strings.Contains(refused.Body.String(), "rights") {
		t.Errorf("the refusal names a policy: %s", refused.Body)
	}
}
