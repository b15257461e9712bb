package lanyard_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// house is floors.txt and the homes of deps.txt as data.
type house struct {
	floor  map[string]int
	except [][2]string
	only   map[string][]string
	absent [][2]string
	homes  map[string][]string
}

// loadHouse reads both pages.
func loadHouse(t *testing.T) house {
	t.Helper()
	h := house{floor: map[string]int{}, only: map[string][]string{}, homes: map[string][]string{}}
	for _, w := range dataLines(t, "floors.txt") {
		if len(w) < 3 {
			t.Fatalf("floors.txt: %q says too little", w)
		}
		switch w[0] {
		case "except":
			h.except = append(h.except, [2]string{w[1], w[2]})
		case "absent":
			h.absent = append(h.absent, [2]string{w[1], w[2]})
		case "only":
			users := slices.DeleteFunc(slices.Clone(w[2:]), func(s string) bool { return !strings.Contains(s, "/") })
			h.only[w[1]] = users
		default:
			n, err := strconv.Atoi(w[0])
			if _, twice := h.floor[w[1]]; err != nil || twice {
				t.Fatalf("floors.txt: cannot read %q, or it stands twice", w)
			}
			h.floor[w[1]] = n
		}
	}
	for _, w := range dataLines(t, "deps.txt") {
		if len(w) < 3 {
			t.Fatalf("deps.txt: %q says too little", w)
		}
		if !strings.HasPrefix(w[0], module) { // our own modules have a floor instead of a home
			h.homes[w[0]] = strings.Split(w[1], ",")
		}
	}
	return h
}

// What floors 0 and 1 may not touch, because they are pure: packages, and single words of packages that they may.
var (
	impure      = []string{"context", "net", "os", "log", "syscall", "unsafe", "plugin", "runtime", "database/sql"}
	impureWords = []string{
		"go", "time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.Sleep", "time.Tick",
		"time.NewTimer", "time.NewTicker",
	}
	// clockWords are left to the assembly: services are given a clock.
	clockWords = []string{"time.Now", "time.Since", "time.Until"}
	// pureWords of impure packages are data, and may be used: names for a dialect, masks for a secret.
	pureWords = map[string][]string{
		"net/http": {"Header", "Cookie", "Method*", "Status*", "CanonicalHeaderKey", "ParseTime", "TimeFormat"},
		"log/slog": {"Value", "LogValuer", "Attr", "StringValue", "GroupValue", "String", "Int64"},
		"net/url":  {"*"}, "net/netip": {"*"},
	}
)

// violations is the law: a pure function over the packages.
func (h house) violations(all []pkg) []string {
	var bad []string
	for _, p := range all {
		room := h.room(p.Path)
		if room == "" {
			bad = append(bad, fmt.Sprintf("%s is missing in floors.txt", p.Path))
			continue
		}
		for _, imp := range p.Imports {
			if why := h.judge(room, imp); why != "" {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s", p.Path, imp, why))
			}
		}
		for _, imp := range p.TestImports {
			m := h.moduleOf(imp)
			if why := unlisted(imp, m); h.room(imp) == "" && why != "" {
				bad = append(bad, fmt.Sprintf("the tests of %s import %s: %s", p.Path, imp, why))
			} else if m != "" && !slices.Contains(h.homes[m], "tests") && !h.isHome(m, room) {
				bad = append(bad, fmt.Sprintf("the tests of %s import %s, whose home is %v", p.Path, imp, h.homes[m]))
			}
		}
		bad = append(bad, h.impurities(p, room)...)
		for _, a := range h.absent {
			if i := slices.IndexFunc(p.Deps, func(d string) bool { return within(a[1], d) }); within(a[0], p.Path) && i >= 0 {
				bad = append(bad, fmt.Sprintf("%s depends on %s", p.Path, p.Deps[i]))
			}
		}
	}
	return bad
}

// judge says why a package of the room may not import imp; "" when it may.
func (h house) judge(room, imp string) string {
	if slices.ContainsFunc(h.except, func(e [2]string) bool { return within(e[0], room) && within(e[1], imp) }) {
		return ""
	}
	target := h.room(imp)
	if m := h.moduleOf(imp); m != "" && !h.isHome(m, room) {
		return fmt.Sprintf("the home of the module is %v", h.homes[m])
	} else if target == "" {
		return unlisted(imp, m)
	}
	if target == room {
		return ""
	}
	if target != imp {
		return "it is a sub-room of " + target
	}
	for pattern, users := range h.only {
		if within(pattern, imp) && !slices.Contains(users, room) {
			return fmt.Sprintf("only %v may", users)
		}
	}
	if h.floor[target] >= h.floor[room] {
		return fmt.Sprintf("floor %d is not below floor %d", h.floor[target], h.floor[room])
	}
	return ""
}

// unlisted judges an import that is no room of the house and of no listed module.
func unlisted(imp, module string) string {
	first, _, _ := strings.Cut(imp, "/")
	switch {
	case module != "" || !strings.Contains(first, ".") && first != "internal" && first != "cmd":
		return ""
	case strings.Contains(first, "."):
		return "no module of deps.txt has it"
	}
	return "it is missing in floors.txt"
}

// impurities lists what the package uses and its floor may not.
func (h house) impurities(p pkg, room string) []string {
	var bad []string
	floor := h.floor[room]
	for _, use := range p.Uses {
		path, word := "", ""
		if i := strings.LastIndexByte(use, '.'); i >= 0 {
			path, word = use[:i], use[i+1:]
		}
		if floor <= 4 && slices.Contains(clockWords, use) || floor <= 1 && slices.Contains(impureWords, use) ||
			floor <= 1 && !pureWord(path, word) {
			bad = append(bad, fmt.Sprintf("%s uses %s, which floor %d may not", p.Path, use, floor))
		}
	}
	for _, imp := range p.Imports {
		if floor <= 1 && isImpure(imp) && pureWords[imp] == nil {
			bad = append(bad, fmt.Sprintf("%s imports %s, which floor %d may not", p.Path, imp, floor))
		}
	}
	slices.Sort(bad)
	return slices.Compact(bad)
}

// isImpure tells whether a package of the standard library acts on the world.
func isImpure(imp string) bool {
	return slices.ContainsFunc(impure, func(i string) bool { return imp == i || strings.HasPrefix(imp, i+"/") })
}

// pureWord tells whether a word of a package is data.
func pureWord(path, word string) bool {
	return !isImpure(path) || slices.ContainsFunc(pureWords[path], func(w string) bool {
		prefix, open := strings.CutSuffix(w, "*")
		return w == word || open && strings.HasPrefix(word, prefix)
	})
}

// room gives the listed package that path is or lies below; "" for none.
func (h house) room(path string) string {
	for p := path; p != ""; p = p[:max(strings.LastIndexByte(p, '/'), 0)] {
		if _, ok := h.floor[p]; ok {
			return p
		}
	}
	return ""
}

// moduleOf gives the dependency that an import path belongs to; "" for the standard library and the house.
func (h house) moduleOf(imp string) string {
	best := ""
	for m := range maps.Keys(h.homes) {
		if within(m+"/...", imp) && len(m) > len(best) {
			best = m
		}
	}
	return best
}

// isHome tells whether the room may import the module.
func (h house) isHome(m, room string) bool {
	return slices.Contains(h.homes[m], room) || slices.Contains(h.homes[m], "*") && h.floor[room] > 1
}

// within matches a path with a pattern: itself, everything below "x/...", or everything for "...".
func within(pattern, path string) bool {
	prefix, open := strings.CutSuffix(pattern, "...")
	return pattern == path || open && (strings.HasPrefix(path, prefix) || path+"/" == prefix)
}

func TestFloors(t *testing.T) {
	for _, v := range loadHouse(t).violations(packages(t)) {
		t.Error(v)
	}
}

// TestFloorsChecker plants one violation of each law and wants it found, and a house without any left alone.
func TestFloorsChecker(t *testing.T) {
	h := loadHouse(t)
	good := []pkg{
		{Path: "."},
		{Path: "internal/fault", Imports: []string{"errors", "internal/reason"}},
		{Path: "internal/rbac", Imports: []string{"internal/name", "verify/strictjson", "net/netip"}, Uses: []string{"net/netip.Addr"}},
		{Path: "internal/awswire", Imports: []string{"net/http", "log/slog"}, Uses: []string{"net/http.StatusOK", "log/slog.Value"}},
		{Path: "internal/store/etcd", Imports: []string{"go.etcd.io/etcd/client/v3", "internal/store", "internal/store/etcd/boltfile"}},
		{Path: "internal/mint", Imports: []string{"context", "internal/keyring", "golang.org/x/time/rate"}, Uses: []string{"go"}},
		{Path: "internal/door/iam", Imports: []string{"internal/web", "internal/access", "internal/door/iam/roles"}},
		{Path: "internal/door/iam/roles", Imports: []string{"internal/web"}, TestImports: []string{"github.com/google/go-cmp/cmp"}},
		{Path: "internal/server", Imports: []string{"internal/door/iam", "internal/store/etcd"}, Uses: []string{"time.Now"}},
		{Path: "cmd/lanyard", Imports: []string{"internal/server", "github.com/spf13/cobra"}},
	}
	for _, v := range h.violations(good) {
		t.Errorf("found in a good house: %s", v)
	}
	tests := []struct {
		name string
		pkg  pkg
		want string
	}{
		{"unlisted package", pkg{Path: "internal/util"}, "missing in floors.txt"},
		{"unlisted import", pkg{Path: "internal/mint", Imports: []string{"internal/util"}}, "missing in floors.txt"},
		{"upwards", pkg{Path: "internal/view", Imports: []string{"internal/mint"}}, "floor 3 is not below floor 2"},
		{"engine imports engine", pkg{Path: "internal/rbac", Imports: []string{"internal/claims"}}, "not below"},
		{"service imports service", pkg{Path: "internal/mint", Imports: []string{"internal/directory"}}, "not below"},
		{"service imports door", pkg{Path: "internal/mint", Imports: []string{"internal/door/sts"}}, "only [internal/server internal/agent] may"},
		{"door imports door", pkg{Path: "internal/door/sts", Imports: []string{"internal/door/iam"}}, "only [internal/server internal/agent] may"},
		{"command imports door", pkg{Path: "cmd/lanyard", Imports: []string{"internal/door/sts"}}, "only [internal/server internal/agent] may"},
		{"kit imports door", pkg{Path: "internal/web", Imports: []string{"internal/door/sts"}}, "only [internal/server internal/agent] may"},
		{"foreign sub-room", pkg{Path: "internal/server", Imports: []string{"internal/door/iam/roles"}}, "sub-room of internal/door/iam"},
		{"sub-room imports up", pkg{Path: "internal/door/iam/roles", Imports: []string{"internal/server"}}, "not below"},
		{"keys from elsewhere", pkg{Path: "internal/door/entra", Imports: []string{"internal/keyring"}}, "only [internal/mint internal/server] may"},
		{"engine with context", pkg{Path: "internal/jose", Imports: []string{"context"}}, "imports context, which floor 1 may not"},
		{"word with files", pkg{Path: "internal/name", Imports: []string{"os"}}, "imports os, which floor 0 may not"},
		{"engine with files below os", pkg{Path: "internal/name", Imports: []string{"os/exec"}}, "imports os/exec"},
		{"engine with network", pkg{Path: "internal/jose", Imports: []string{"net"}}, "imports net,"},
		{"engine with log", pkg{Path: "internal/jose", Imports: []string{"log"}}, "imports log,"},
		{"engine that logs", pkg{Path: "internal/jose", Uses: []string{"log/slog.Info"}}, "uses log/slog.Info"},
		{"dialect that fetches", pkg{Path: "internal/azwire", Uses: []string{"net/http.DefaultClient"}}, "uses net/http.DefaultClient"},
		{"engine with goroutine", pkg{Path: "internal/rbac", Uses: []string{"go"}}, "uses go,"},
		{"engine with timer", pkg{Path: "internal/rbac", Uses: []string{"time.NewTimer"}}, "uses time.NewTimer"},
		{"service with clock", pkg{Path: "internal/mint", Uses: []string{"time.Now"}}, "uses time.Now, which floor 3 may not"},
		{"door with clock", pkg{Path: "internal/door/sts", Uses: []string{"time.Since"}}, "uses time.Since"},
		{"module away from home", pkg{Path: "internal/mint", Imports: []string{"go.etcd.io/etcd/client/v3"}}, "home of the module"},
		{"module in an engine", pkg{Path: "internal/rbac", Imports: []string{"golang.org/x/time/rate"}}, "home of the module"},
		{"module in a command", pkg{Path: "cmd/lanyard", Imports: []string{"go.uber.org/zap"}}, "home of the module"},
		{"test module in code", pkg{Path: "internal/mint", Imports: []string{"github.com/google/go-cmp/cmp"}}, "home of the module"},
		{"code module in tests", pkg{Path: "internal/mint", TestImports: []string{"go.uber.org/zap"}}, "whose home is"},
		{"unknown module", pkg{Path: "internal/mint", Imports: []string{"example.com/x"}}, "no module of deps.txt"},
		{"unknown module in tests", pkg{Path: "internal/mint", TestImports: []string{"example.com/x"}}, "no module of deps.txt"},
		{"cloud SDK", pkg{Path: "internal/access", Deps: []string{"github.com/aws/aws-sdk-go-v2/aws"}}, "depends on github.com/aws"},
		{"agent with store", pkg{Path: "internal/agent", Deps: []string{"go.etcd.io/bbolt"}}, "depends on go.etcd.io/bbolt"},
		{"agent with pages", pkg{Path: "cmd/lanyard-agent", Deps: []string{"html/template"}}, "depends on html/template"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := h.violations([]pkg{tc.pkg})
			if len(got) != 1 || !strings.Contains(got[0], tc.want) {
				t.Errorf("got %q, want one with %q", got, tc.want)
			}
		})
	}
}
