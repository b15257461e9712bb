package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRouterFinds(t *testing.T) {
	special := route("GET", "/{scope...}/providers/Microsoft.Authorization/roleAssignments/{id}", echo("scope", "id"))
	special.Fold = true
	group := route("GET", "/subscriptions/{sub}/resourceGroups/{group}", echo("sub", "group"))
	group.Fold = true
	token := route("GET", "/metadata/identity/oauth2/token", echo())
	token.Slash = true
	d := newTestDoor(t, testConfig(&logBuffer{}),
		special, group, token,
		route("GET", "/", echo()),
		route("GET", "/common/keys", echo()),
		route("GET", "/{tenant}/keys", echo("tenant")),
		route("GET", "/files/{path...}", echo("path")),
	)
	tests := []struct {
		target string
		status int
		body   string
	}{
		{"/", 200, ""},
		{"/subscriptions/s1/resourcegroups/g1", 200, "s1|g1"},
		{"/SUBSCRIPTIONS/S1/resourceGroups/G1", 200, "S1|G1"},
		{"/subscriptions/s1/resourceGroups/g1/", 404, ""},
		{"/subscriptions/s1/resourceGroups/a%20b", 200, "s1|a b"},
		{"/subscriptions/s1/resourceGroups/a+b", 200, "s1|a+b"},
		{"/subscriptions/s1/resourceGroups/a%2520b", 200, "s1|a%20b"},
		{"/subscriptions/s/providers/microsoft.authorization/roleassignments/r1", 200, "subscriptions/s|r1"},
		{"/providers/Microsoft.Authorization/roleAssignments/r1", 404, ""},
		{"/metadata/identity/oauth2/token", 200, ""},
		{"/metadata/identity/oauth2/token/", 200, ""},
		{"/metadata/identity/oauth2/token//", 404, ""},
		{"/metadata/identity/oauth2", 404, ""},
		{"/metadata/identity/oauth2/token/x", 404, ""},
		{"/common/keys", 200, ""},
		{"/contoso/keys", 200, "contoso"},
		{"/contoso/Keys", 404, ""},
		{"/c%6fmmon/keys", 200, "common"},
		{"/files/a/b%20c/d", 200, "a/b c/d"},
		{"/files", 404, ""},
		{"/files/", 404, ""},
		{"/" + strings.Repeat("a/", 80), 404, ""},
		{"/files/%ff", 404, ""},
		{"/files/%e2%82%ac", 200, "files"},
	}
	for _, tc := range tests {
		t.Run(tc.target, func(t *testing.T) {
			w := get(d, tc.target)
			if w.Code != tc.status {
				t.Fatalf("got %d %s, want %d", w.Code, w.Body, tc.status)
			}
			if tc.target == "/files/%e2%82%ac" {
				tc.body = "€"
			}
			if tc.status == 200 && w.Body.String() != tc.body {
				t.Errorf("got %q, want %q", w.Body, tc.body)
			}
		})
	}
}

// TestM05BackslashAndRelatives sends the forms by which a request once slipped past a route that guards a prefix.
func TestM05BackslashAndRelatives(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}),
		route("GET", "/metadata/identity/oauth2/token", echo()),
		route("GET", "/latest/{rest...}", echo("rest")),
	)
	for _, target := range []string{
		`/metadata\identity\oauth2\token`,
		`/metadata\identity..`,
		`/latest/a\b`,
		"/metadata%2fidentity%2foauth2%2ftoken",
		"/latest/a%2Fb",
		"/metadata%5cidentity/oauth2/token",
		"/latest/a%5Cb",
		"//metadata/identity/oauth2/token",
		"/metadata//identity/oauth2/token",
		"/latest//a",
		"/latest/a//",
		"/metadata/./identity/oauth2/token",
		"/metadata/x/../identity/oauth2/token",
		"/metadata;x/identity/oauth2/token",
		"/metadata/identity/oauth2/token;x",
		"/METADATA/identity/oauth2/token",
		"/Metadata/Identity/OAuth2/Token",
		"/metadata/identity/oauth2/token%00",
		"/metadata/identity/oauth2/token%20",
		"/latest/a%00b",
		"/latest/a%0ab",
		"/%6detadata/identity/oauth2/token",
	} {
		t.Run(target, func(t *testing.T) {
			w := get(d, target)
			wantFault(t, w, 404, NoRoute)
			if loc := w.Header().Get("Location"); loc != "" {
				t.Errorf("redirected to %q", loc)
			}
		})
	}
}

// TestT06DotSegments makes sure that no path has a dot segment, plain or escaped, by the time a handler sees it.
func TestT06DotSegments(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/v1/{rest...}", echo("rest")))
	for _, seg := range []string{".", "..", "%2e", "%2E", "%2e%2e", "%2E.", ".%2e", "..%2f", "..%5c", `..\`} {
		for _, target := range []string{"/v1/" + seg, "/v1/a/" + seg + "/b", "/" + seg + "/v1/a", "/v1/a/" + seg + "/"} {
			t.Run(target, func(t *testing.T) { wantFault(t, get(d, target), 404, NoRoute) })
		}
	}
	if got := get(d, "/v1/%252e%252e/a").Body.String(); got != "%2e%2e/a" {
		t.Errorf("an escaped percent sign decodes once, got %q", got)
	}
}

func TestMethodBelongsToThePattern(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}),
		route("GET", "/things/special", echo()),
		route("PUT", "/things/special", echo()),
		route("DELETE", "/things/{id}", echo()),
	)
	w := send(d, "DELETE", "/things/special", "")
	wantFault(t, w, 405, MethodNotAllowed)
	if got := w.Header().Get("Allow"); got != "GET, PUT" {
		t.Errorf("Allow is %q, want GET, PUT", got)
	}
	if w := send(d, "HEAD", "/things/special", ""); w.Code != 405 {
		t.Errorf("HEAD where the table has none: got %d, want 405", w.Code)
	}
	if w := send(d, "DELETE", "/things/other", ""); w.Code != 200 {
		t.Errorf("got %d, want 200", w.Code)
	}
}

func TestNewRefusesTables(t *testing.T) {
	ok := echo()
	fold := func(r Route) Route { r.Fold = true; return r }
	bare := route("GET", "/a", nil)
	undocumented := route("GET", "/a", ok)
	undocumented.Permission = ""
	tests := []struct {
		name   string
		routes []Route
		want   string
	}{
		{"twice", []Route{route("GET", "/a", ok), route("GET", "/a", ok)}, "stands twice"},
		{"shadowed literal", []Route{route("GET", "/{x}/b", ok), route("GET", "/a/b", ok)}, "never be reached"},
		{"shadowed by fold", []Route{fold(route("GET", "/A", ok)), route("GET", "/a", ok)}, "never be reached"},
		{"shadowed by open", []Route{route("GET", "/{x...}", ok), route("GET", "/a/b/c", ok)}, "never be reached"},
		{"shadowed open", []Route{route("GET", "/a/{x...}/z", ok), route("GET", "/a/b/{y...}/c/z", ok)}, "never be reached"},
		{"other name", []Route{route("GET", "/a/{x}", ok), route("PUT", "/a/{y}", ok)}, "never be reached"},
		{"no handler", []Route{bare}, "no handler"},
		{"no permission", []Route{undocumented}, "permission"},
		{"method", []Route{route("get", "/a", ok)}, "upper-case"},
		{"no slash", []Route{route("GET", "a", ok)}, "start with /"},
		{"empty segment", []Route{route("GET", "/a//b", ok)}, "literal"},
		{"trailing slash", []Route{route("GET", "/a/", ok)}, "literal"},
		{"dot segment", []Route{route("GET", "/a/../b", ok)}, "literal"},
		{"broken parameter", []Route{route("GET", "/{a", ok)}, "parameter"},
		{"empty parameter", []Route{route("GET", "/{}", ok)}, "parameter"},
		{"half a segment", []Route{route("GET", "/a{b}", ok)}, "literal"},
		{"same name", []Route{route("GET", "/{a}/{a}", ok)}, "stands twice"},
		{"two open", []Route{route("GET", "/{a...}/{b...}", ok)}, "more than one"},
		{"too long", []Route{route("GET", strings.Repeat("/a", 64), ok)}, "segments"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, err := New(testConfig(&logBuffer{}), tc.routes)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestNewAcceptsOverlap(t *testing.T) {
	newTestDoor(t, testConfig(&logBuffer{}),
		route("GET", "/a/b", echo()), route("GET", "/{x}/b", echo()), route("GET", "/a/{x}", echo()),
		route("GET", "/{x...}/c", echo()), route("GET", "/a/{x...}", echo()), route("GET", "/{x...}", echo()),
	)
}

func TestRawPath(t *testing.T) {
	var got string
	d, err := NewRaw(testConfig(&logBuffer{}), nil, func(_ http.ResponseWriter, r *http.Request) error { got = RawPath(r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"/bkt/a//b/../c":               "/bkt/a//b/../c",
		"/bkt/a%20b%2Bc/%C3%A9~%2Akey": "/bkt/a%20b%2Bc/%C3%A9~%2Akey",
		`/bkt/a\b?list-type=2`:         `/bkt/a\b`,
		"http://host:1/bkt/x?y":        "/bkt/x",
		"http://host":                  "/",
		"/x?u=http://a/b":              "/x",
		"/a://b":                       "/a://b",
	}
	for target, want := range tests {
		if w := get(d, target); w.Code != 200 || got != want {
			t.Errorf("%s: got %d %q, want %q", target, w.Code, got, want)
		}
	}
}

// FuzzFind compares the router with the obvious reading of its rules, and checks what handlers rely on.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"/", "//", "/a/b", "/A/b/", "/x/%2e%2e/z", "/a/%5c", "/q/w/e/r/z", "/a/%c3%28", "/a/%", ""} {
		f.Add(seed)
	}
	folded := route("GET", "/a/{p}", echo())
	folded.Fold, folded.Slash = true, true
	table := []Route{folded, route("GET", "/x/{o...}/z", echo()), route("GET", "/{p}/{q}/e", echo()), route("GET", "/{o...}", echo())}
	rt, err := newRouter(table)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		var ps params
		p := rt.find(path, &ps)
		want := obviousMatch(path)
		if got := patternText(p); got != want {
			t.Fatalf("%q: found %q, want %q", path, got, want)
		}
		for i, v := range ps.values {
			if strings.ContainsAny(v, "\x00\\") || v == "" {
				t.Fatalf("%q: parameter %s is %q", path, ps.names[i], v)
			}
			for seg := range strings.SplitSeq(v, "/") {
				if seg == "" || seg == "." || seg == ".." || ps.names[i] != "o" && seg != v {
					t.Fatalf("%q: parameter %s is %q", path, ps.names[i], v)
				}
			}
		}
	})
}

func patternText(p *pattern) string {
	if p == nil {
		return ""
	}
	return p.text
}

// obviousMatch is FuzzFind's slow reading of its own table.
func obviousMatch(path string) string {
	if path == "" || path[0] != '/' || path == "/" {
		return ""
	}
	slash := path[len(path)-1] == '/'
	segs := strings.Split(strings.TrimSuffix(path[1:], "/"), "/")
	if len(segs) > maxSegments {
		return ""
	}
	for _, s := range segs {
		v, ok := decodeSegment(s)
		if !ok || v == "" || v == "." || v == ".." || strings.ToValidUTF8(v, "\\") != v ||
			strings.ContainsFunc(v, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '/' || r == '\\' }) {
			return ""
		}
	}
	n := len(segs)
	switch {
	case n == 2 && strings.ToLower(segs[0]) == "a":
		return "/a/{p}"
	case slash:
		return ""
	case n >= 3 && segs[0] == "x" && segs[n-1] == "z":
		return "/x/{o...}/z"
	case n == 3 && segs[2] == "e":
		return "/{p}/{q}/e"
	}
	return "/{o...}"
}

func TestSurface(t *testing.T) {
	d := newTestDoor(t, testConfig(&logBuffer{}), route("GET", "/a/{b}", echo()))
	want := "## test\n\n| method | path | name | needs | what |\n| --- | --- | --- | --- | --- |\n" +
		"| GET | `/a/{b}` | /a/{b} | none | A test. |\n"
	if diff := cmp.Diff(want, Surface(d.Name(), d.Routes())); diff != "" {
		t.Error(diff)
	}
}
