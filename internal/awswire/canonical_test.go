package awswire

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-id/lanyard/internal/fault"
)

func TestA01CanonicalPath(t *testing.T) {
	tests := []struct{ escaped, s3, other string }{
		{"/", "/", "/"},
		{"/bkt/a%20b%2Bc/%C3%A9~%2Akey", "/bkt/a%20b%2Bc/%C3%A9~%2Akey", "/bkt/a%2520b%252Bc/%25C3%25A9~%252Akey"},
		{"/bkt/a b+c/é~*key", "/bkt/a%20b%2Bc/%C3%A9~%2Akey", "/bkt/a%2520b%252Bc/%25C3%25A9~%252Akey"},
		{"/bkt/a//b/../c", "/bkt/a//b/../c", "/bkt/a/c"},
		{"/bkt/%2e%2e/c", "/bkt/../c", "/c"},
		{"/a%2Fb", "/a/b", "/a%252Fb"},
		{"/a%2fb%00%5c", "/a/b%00%5C", "/a%252Fb%2500%255C"},
		{"/%41%7e", "/A~", "/A~"},
		{"/a/./b/", "/a/./b/", "/a/b/"},
		{"/a/b/..", "/a/b/..", "/a/"},
		{"/../../x", "/../../x", "/x"},
		{"//example//", "//example//", "/example/"},
		{"/\xff", "/%FF", "/%25FF"},
		{"/q?x#y", "/q%3Fx%23y", "/q%253Fx%2523y"},
	}
	for _, tc := range tests {
		t.Run(tc.escaped, func(t *testing.T) {
			s3, err := appendPath(nil, tc.escaped, true)
			if err != nil || string(s3) != tc.s3 {
				t.Errorf("S3: %s, %v; want %s", s3, err, tc.s3)
			}
			other, err := appendPath(nil, tc.escaped, false)
			if err != nil || string(other) != tc.other {
				t.Errorf("other services: %s, %v; want %s", other, err, tc.other)
			}
		})
	}
}

func TestA01PathRefused(t *testing.T) {
	for _, path := range []string{"", "*", "bkt/key", "/%", "/%4", "/%zz", "/a%2/b", "http://h/x"} {
		for _, s3 := range []bool{true, false} {
			if got, err := appendPath(nil, path, s3); !fault.Is(err, ReasonMalformedURI) {
				t.Errorf("%q: %q, %v; want %s", path, got, err, ReasonMalformedURI)
			}
		}
	}
}

// TestA01ServedIsSigned: two paths that decode to different keys never have the same canonical form for S3.
func TestA01ServedIsSigned(t *testing.T) {
	paths := []string{"/b/a+b", "/b/a%20b", "/b/a%2Bb", "/b/a/../c", "/b/c", "/b//c", "/b/%00c", "/b/%2500c", `/b/\c`, "/c/b"}
	keyOf := map[string]string{}
	for _, p := range paths {
		key, err := DecodePath(p)
		if err != nil {
			t.Fatal(err)
		}
		canonical, err := appendPath(nil, p, true)
		if err != nil {
			t.Fatal(err)
		}
		if other, seen := keyOf[string(canonical)]; seen && other != key {
			t.Errorf("%q and %q are both signed as %s", key, other, canonical)
		}
		keyOf[string(canonical)] = key
	}
}

func TestA02CanonicalQuery(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"", ""},
		{"b=2&a=1", "a=1&b=2"},
		{"a=1;b=2", "a=1%3Bb%3D2"},
		{"a=2&a=1&a=", "a=&a=1&a=2"},
		{"a-=1&a=2", "a=2&a-=1"},
		{"acl", "acl="},
		{"a=b=c", "a=b%3Dc"},
		{"a=x+y", "a=x%2By"},
		{"a=x%20y%2B%2f", "a=x%20y%2B%2F"},
		{"%C3%A9=%e2%82%ac", "%C3%A9=%E2%82%AC"},
		{"x-id=PutObject&X-Amz-Signature=00", "x-id=PutObject"},
		{"~._-=~._-*", "~._-=~._-%2A"},
	}
	for _, tc := range tests {
		t.Run(tc.raw, func(t *testing.T) {
			p, err := ParseParams(tc.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.appendCanonical(nil, paramSignature)); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
	for _, raw := range []string{"&", "a=1&&b=2", "=1", "a=1&", "%=1", "a=%", "a=%z1", strings.Repeat("a&", MaxParams) + "a"} {
		if _, err := ParseParams(raw); !fault.Is(err, ReasonMalformedURI) {
			t.Errorf("%.20q: %v, want %s", raw, err, ReasonMalformedURI)
		}
	}
}

func TestParamsOne(t *testing.T) {
	p, err := ParseParams("acl&prefix=a%2Fb&k=1&k=2")
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		Value   string
		Present bool
		Refused bool
	}
	for name, want := range map[string]answer{
		"acl":    {"", true, false},
		"prefix": {"a/b", true, false},
		"Prefix": {"", false, false},
		"k":      {"", true, true},
	} {
		value, present, err := p.One(name)
		got := answer{value, present, fault.Is(err, ReasonRepeatedParameter)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCanonicalHeaders(t *testing.T) {
	s := signable{
		req: Request{Method: "GET", Path: "/", Host: "h.example:8445", Header: http.Header{
			"X-Amz-Meta-A": {"  one   two \t", "three"},
			"X-Amz-Empty":  {""},
			"Content-Type": {"text/plain;  charset=\"a  b\""},
			"X-Unsigned":   {"zzz"},
		}},
		s3: true, signed: []string{"content-type", "host", "x-amz-empty", "x-amz-meta-a"}, payload: "P",
	}
	got, err := s.canonicalRequest()
	if err != nil {
		t.Fatal(err)
	}
	want := "GET\n/\n\ncontent-type:text/plain; charset=\"a b\"\nhost:h.example:8445\nx-amz-empty:\n" +
		"x-amz-meta-a:one two,three\n\ncontent-type;host;x-amz-empty;x-amz-meta-a\nP"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestSpecAgrees signs random requests with the package and with the slow second implementation.
func TestSpecAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(parts []string, most int) string {
		out := ""
		for range r.IntN(most + 1) {
			out += parts[r.IntN(len(parts))]
		}
		return out
	}
	paths := []string{"/", "a", "%20", "+", "é", "%C3%A9", "..", ".", "//", "%2F", "%2e", "~", "*", "%00", "\\"}
	pairs := []string{"a=1", "a=2", "b", "a-=x", "+=%2B", "%7e=~", "é=€", "c=;", "x=y=z", "d="}
	values := []string{"a", "  ", " ", "b", "\t", ",", "é", "\"q  q\""}
	for range 3000 {
		req := Request{Method: "PUT", Path: "/" + pick(paths, 6), Host: "127.0.0.1:8445", Header: http.Header{}}
		var query []string
		for range r.IntN(5) {
			query = append(query, pairs[r.IntN(len(pairs))])
		}
		req.RawQuery = strings.Join(query, "&")
		req.Header["X-Amz-Meta-V"] = []string{pick(values, 5), pick(values, 5)}
		req.Header["Content-Type"] = []string{pick(values, 3)}
		s := docSigning()
		if r.IntN(2) == 0 {
			s.Service = "sts"
		}
		header, err := Sign(req, s)
		if err != nil {
			t.Fatal(err)
		}
		auth, err := ParseAuthorization(header.Get("Authorization"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header
		canonical := specCanonical(req, s.Service == "s3", auth.SignedHeaders, hexSHA256(nil))
		if want := specSignature(canonical, header.Get("X-Amz-Date"), auth.Scope, s.Secret); auth.Signature != want {
			t.Fatalf("the two differ for %+v: canonical by the rules\n%s", req, canonical)
		}
		mustVerify(t, req, Rule{s.Service, QueryWindow}, s)
	}
}

// FuzzCanonicalRequest: whatever the package accepts, the slow second implementation writes the same for.
func FuzzCanonicalRequest(f *testing.F) {
	f.Add("GET", "/bkt/a b+c/é~*key", "b=2&a=1;x&a=%20", "  v  v ", true)
	f.Add("POST", "/a/../b//%2F/", "acl&X-Amz-Signature=1", "", false)
	f.Add("GET", "/%", "&&", "\t", true)
	f.Fuzz(func(t *testing.T, method, path, query, value string, s3 bool) {
		req := Request{Method: method, Path: path, RawQuery: query, Host: "h", Header: http.Header{"X-Amz-V": {value, value}}}
		params, err := ParseParams(query)
		if err != nil {
			return
		}
		signed := []string{"host", "x-amz-v"}
		got, err := signable{req, s3, params, signed, "P"}.canonicalRequest()
		if err != nil {
			return
		}
		if want := specCanonical(req, s3, signed, "P"); want != string(got) {
			t.Errorf("by the rules:\n%q\ngot:\n%q", want, got)
		}
	})
}
