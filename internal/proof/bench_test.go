//go:build proof && linux

package proof

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
)

const (
	benchRounds = 5
	benchTime   = 2 * time.Second
	benchConns  = 64

	bigBlob, bigObject = "/proofs/files/big.json", "/proof-files/big.json" // the floor's files too, of 4 KiB
	hugeBlob, hugeSize = "/proofs/files/huge.json", 64 << 20               // the floor's file too
)

// bench is a server with the scene, ready to be measured.
type bench struct {
	*house
	w    workload
	cert []byte
}

func newBench(t *testing.T) bench {
	t.Helper()
	h := houseAt(t, filepath.Join(t.TempDir(), "data"))
	config := filepath.Join(t.TempDir(), "lanyard.yaml")
	if err := os.WriteFile(config, []byte("log_level: warn\n"), 0o600); err != nil { // as the floors, which log nothing
		t.Fatal(err)
	}
	h.start(t, "--config", config)
	h.play(t, userScene())
	cert, err := os.ReadFile(h.status.OwnCA)
	if err != nil {
		t.Fatal(err)
	}
	return bench{h, h.as(t, "function"), cert}
}

// at is a door of the server as a target.
func (b bench) at(t *testing.T, door string) target {
	t.Helper()
	u, err := url.Parse(b.status.URLs[door])
	if err != nil {
		t.Fatal(err)
	}
	x := target{introduction{Address: u.Host, Roots: b.cert}, b.process.Process.Pid}
	if u.Scheme == "http" {
		x.Roots = nil
	}
	return x
}

// written is a request as it goes over the wire.
func written(t *testing.T, req *http.Request) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := req.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// measure puts the load on a target and gives its processor time for one request.
func measure(t *testing.T, on target, l load) (each time.Duration, result loaded) {
	t.Helper()
	l.Address, l.Roots = on.Address, on.Roots
	playing := l.play(t)
	before := processorTime(t, on.pid)
	result = playing.finish(t)
	worked := processorTime(t, on.pid) - before
	if result.Failed > 0 || result.Done == 0 {
		t.Fatalf("%d of %d requests failed: %s", result.Failed, result.Done, result.FirstFailure)
	}
	return worked / time.Duration(result.Done), result
}

// pair is one path of ours and its floor. Both get the same requests over as many connections, so that reading what a
// client sends costs both the same, and the floor's answers are about as long as ours.
type pair struct {
	name       string
	ours, base target
	load       load
	goal       int // percent of the floor; 0 is no goal
}

// compare measures both in turns, so that what else happens on the machine meets both, and prints the ratio.
func (p pair) compare(t *testing.T) {
	t.Helper()
	var ours, base []time.Duration
	var mine, floors loaded
	for range benchRounds {
		var each time.Duration
		each, floors = measure(t, p.base, p.load)
		base = append(base, each)
		each, mine = measure(t, p.ours, p.load)
		ours = append(ours, each)
	}
	o, b := percentile(ours, 50), percentile(base, 50)
	verdict(t, p.name, int(100*b/o), p.goal, fmt.Sprintf("%.1f µs a request, floor %.1f µs", micro(o), micro(b)))
	t.Logf("%s: answers of %d bytes, the floor's of %d", p.name, mine.Bytes, floors.Bytes)
}

func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// verdict prints a ratio beside its goal. It is no assertion: scripts/show.sh reads it.
func verdict(t *testing.T, name string, percent, goal int, detail string) {
	t.Helper()
	switch {
	case goal == 0:
		figure(t, "%s: %s = %d %% of the floor", name, detail, percent)
	case percent >= goal:
		figure(t, "%s: %s = %d %% of the floor (goal %d %%: met)", name, detail, percent, goal)
	default:
		figure(t, "%s: %s = %d %% of the floor (goal %d %%: MISSED)", name, detail, percent, goal)
	}
}

func (b bench) tokenRequest(secret, resource string) *http.Request {
	return b.request(http.MethodGet, "metadata", "/msi/token?api-version=2019-08-01&resource="+url.QueryEscape(resource), nil,
		map[string]string{"X-IDENTITY-HEADER": secret})
}

// signedRequest is a POST of a form where there is one, else a GET.
func (b bench) signedRequest(t *testing.T, door, path string, creds awswire.Credentials, body []byte) *http.Request {
	t.Helper()
	method, header := http.MethodGet, map[string]string{}
	if len(body) > 0 {
		method = http.MethodPost
		header["Content-Type"] = "application/x-www-form-urlencoded"
	}
	req := b.request(method, door, path, body, header)
	if err := sign(req, creds, door, b.status.Region, body); err != nil {
		t.Fatal(err)
	}
	return req
}

func steady(request []byte) load {
	return load{Requests: [][]byte{request}, Conns: benchConns, Duration: benchTime}
}

func post(form string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		len(form), form)
}

// TestBenchPaths measures the paths that run for every request of a workload, each beside its floor.
func TestBenchPaths(t *testing.T) {
	b := newBench(t)
	bearer := b.w.mustToken(t, storage, "")
	session := b.mustAssume(t, b.role(), b.w.mustToken(t, audience, ""))
	b.putBig(t)
	hello, secure, file := floor(t, "hello"), floor(t, "secure hello"), floor(t, "file")
	identity := []byte("Action=GetCallerIdentity&Version=2011-06-15")
	for _, p := range []pair{
		{"token served again, metadata door", b.at(t, "metadata"), hello, steady(written(t, b.tokenRequest(b.w.secret, storage))), 60},
		{"GetCallerIdentity", b.at(t, "sts"), secure, steady(written(t, b.signedRequest(t, "sts", "/", session, identity))), 50},
		{"S3 GET of 4 KiB", b.at(t, "s3"), file, steady(written(t, b.signedRequest(t, "s3", bigObject, session, nil))), 50},
		{"Blob GET of 4 KiB", b.at(t, "blob"), file, steady(written(t, b.request(http.MethodGet, "blob", bigBlob, nil,
			map[string]string{"Authorization": "Bearer " + bearer, "x-ms-version": "2021-08-06"}))), 50},
	} {
		p.compare(t)
	}
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// putBig stores 4 KiB in each store.
func (b bench) putBig(t *testing.T) {
	t.Helper()
	b.putBytes(t, bigBlob, bigObject, make([]byte, 4096), make([]byte, 4096))
}

// TestBenchNewTokens measures RS256 tokens that nobody was given before, beside nothing but their signatures.
func TestBenchNewTokens(t *testing.T) {
	b := newBench(t)
	const hosts, audiences = 40, 150
	var m strings.Builder
	m.WriteString("kind: ResourceGroup\nname: bench\n")
	for n := range audiences {
		fmt.Fprintf(&m, "---\nkind: Application\nname: bench-%d\nidentifierUris: [\"api://bench-%d\"]\n", n, n)
	}
	for n := range hosts {
		fmt.Fprintf(&m, "---\nkind: Resource\ntype: Microsoft.Web/sites\nname: bench-%d\nresourceGroup: bench\nidentity: {type: SystemAssigned}\n", n)
	}
	b.apply(t, m.String())
	var requests [][]byte
	for n := range hosts {
		w := b.as(t, fmt.Sprintf("bench-%d", n))
		for a := range audiences {
			requests = append(requests, written(t, b.tokenRequest(w.secret, fmt.Sprintf("api://bench-%d", a))))
		}
	}
	door := b.at(t, "metadata")
	var ours, base []time.Duration
	for part := range slices.Chunk(requests, len(requests)/benchRounds) {
		base = append(base, signature(t))
		each, _ := measure(t, door, load{Requests: part, Once: true, Conns: 16, Duration: patience})
		ours = append(ours, each)
	}
	o, s := percentile(ours, 50), percentile(base, 50)
	verdict(t, "new RS256 token, metadata door", int(100*s/o), 85, fmt.Sprintf("%.0f µs, signature alone %.0f µs", micro(o), micro(s)))
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// signature is the processor time of one RS256 signature.
func signature(t *testing.T) time.Duration {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=sign")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ns int64
	if err := json.Unmarshal(out, &ns); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ns)
}

// TestBenchSessions measures AssumeRoleWithWebIdentity with tokens that the server has not seen, and with one that it has,
// beside a server that verifies one signature and seals 1 KiB.
func TestBenchSessions(t *testing.T) {
	b := newBench(t)
	door, base := b.at(t, "sts"), b.exchangeFloor(t)
	const each = 2500
	tokens := b.manyTokens(t, benchRounds*each)
	again := steady(post(exchangeForm(b.role(), b.w.mustToken(t, audience, ""))))
	var unseen, floors []time.Duration
	for part := range slices.Chunk(tokens, each) {
		once := load{Requests: part, Once: true, Conns: benchConns, Duration: patience}
		floors = append(floors, warmed(t, base, again, once))
		unseen = append(unseen, warmed(t, door, again, once))
	}
	o, f := percentile(unseen, 50), percentile(floors, 50)
	verdict(t, "AssumeRoleWithWebIdentity, unseen token, 64 connections", int(100*f/o), 60,
		fmt.Sprintf("%.1f µs a request, floor %.1f µs", micro(o), micro(f)))
	t.Logf("of ours %v, of the floor %v", unseen, floors)
	seen := pair{
		name: "AssumeRoleWithWebIdentity, seen token, 64 connections", ours: door, base: base, load: again,
	}
	seen.compare(t)
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// warmed measures a load right after another: its requests are over so soon that a process which had rested would be measured
// while it wakes, with cold caches and its memory given back.
func warmed(t *testing.T, on target, before, l load) time.Duration {
	t.Helper()
	measure(t, on, before)
	each, _ := measure(t, on, l)
	return each
}

// exchangeFloor starts the floor of an exchange with the key that this server signs with, so that both verify the same
// tokens.
func (b bench) exchangeFloor(t *testing.T) target {
	t.Helper()
	token := b.w.mustToken(t, audience, "")
	for _, m := range b.moduli(t) {
		if key := (&rsa.PublicKey{N: m, E: 65537}); verifies(key, token) {
			return floor(t, "exchange", keyVariable+"="+m.Text(62))
		}
	}
	t.Fatal("no published key has signed the token")
	return target{}
}

// manyTokens has so many functions share the identity, each with a token of its own, and gives the requests that exchange
// them.
func (b bench) manyTokens(t *testing.T, n int) (requests [][]byte) {
	t.Helper()
	for from := 0; from < n; from += 2500 {
		var m strings.Builder
		for i := from; i < min(n, from+2500); i++ {
			fmt.Fprintf(&m, "---\nkind: Resource\ntype: Microsoft.Web/sites\nname: host-%d\nresourceGroup: proof\n"+
				"identity: {type: UserAssigned, userAssignedIdentities: [reader]}\n", i)
		}
		b.apply(t, strings.TrimPrefix(m.String(), "---\n"))
	}
	for i := range n {
		w := b.as(t, fmt.Sprintf("/subscriptions/%s/resourceGroups/proof/providers/Microsoft.Web/sites/host-%d", b.status.Subscription, i))
		requests = append(requests, post(exchangeForm(b.role(), w.mustToken(t, audience, ""))))
	}
	return requests
}

func exchangeForm(role, token string) string {
	return url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role},
		"RoleSessionName": {"bench"}, "WebIdentityToken": {token},
	}.Encode()
}

// TestBenchLedger measures how much longer AssumeRoleWithWebIdentity takes because the ledger's record is on the disk before
// the answer goes out. It asks far less than the server could do, so that the time is the disk's and not a queue's.
func TestBenchLedger(t *testing.T) {
	b := newBench(t)
	door, base := b.at(t, "sts"), b.exchangeFloor(t)
	calm := steady(post(exchangeForm(b.role(), b.w.mustToken(t, audience, ""))))
	calm.PerSecond = 200
	var with, without, disk []time.Duration
	for range benchRounds {
		disk = append(disk, syncTime(t, b.data, calm.PerSecond))
		_, r := measure(t, base, calm)
		without = append(without, r.P50)
		_, r = measure(t, door, calm)
		with = append(with, r.P50)
	}
	added, sync := percentile(with, 50)-percentile(without, 50), percentile(disk, 50)
	word := "met"
	if added > 2*sync {
		word = "MISSED"
	}
	figure(t, "AssumeRoleWithWebIdentity, 64 connections, 200/s: p50 %s, floor %s, so %s for the record; one append and fdatasync %s (goal twice that: %s)",
		short(percentile(with, 50)), short(percentile(without, 50)), short(added), short(sync), word)
	figure(t, "measured on %s, load average %s", machine(), loadAverage())
}

// syncTime is the median time of appending 500 bytes to a file and having them on the disk, as often as the load beside it
// does: a disk and a processor that rest between two requests are slower to answer than those that are kept awake.
func syncTime(t *testing.T, dir string, perSecond int) time.Duration {
	t.Helper()
	f, err := os.CreateTemp(dir, "sync-*")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	if err := unix.Fallocate(int(f.Fd()), 0, 0, 1<<20); err != nil { // as the ledger does
		t.Fatal(err)
	}
	var all []time.Duration
	for range 300 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 500)); err != nil {
			t.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			t.Fatal(err)
		}
		all = append(all, time.Since(began))
		time.Sleep(time.Second / time.Duration(perSecond))
	}
	return percentile(all, 50)
}

// collectLikeTheServer lets as much garbage lie as a server with this heap does. With Go's own setting a small tenant's few
// megabytes of garbage stay in the processor's caches, and a large one's do not.
func collectLikeTheServer() {
	const garbage = floorGarbage << 20 * 4 / 100 // floorGarbage is for Go's least heap, 4 MiB
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetGCPercent(max(100, int(100*garbage/m.HeapAlloc))) //nolint:gosec // at most 100 times 64 MiB
}

// TestBenchDecide measures decisions in small and large tenants: what others may do must cost nobody anything. The tenants
// take turns, and the quickest turn of each counts: a decision takes so little that whatever else runs is most of a slow one.
func TestBenchDecide(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	const turns = 3
	took := map[int]float64{}
	for range turns {
		for _, size := range sizes() {
			v, req := crowd(t, size.rules, size.own)
			collectLikeTheServer()
			r := testing.Benchmark(func(b *testing.B) {
				for b.Loop() {
					if d := access.Azure(v, req); !d.Allowed() {
						b.Fatal("refused")
					}
				}
			})
			each := float64(r.T.Nanoseconds()) / float64(r.N) / 1000
			if before, measured := took[size.rules]; !measured || each < before {
				took[size.rules] = each
			}
		}
	}
	var list []string
	for _, size := range sizes() {
		list = append(list, fmt.Sprintf("%d rules of which %d apply %.1f µs", size.rules, size.own, took[size.rules]))
	}
	word := "met"
	if took[100_000] > 1.5*took[1_000] {
		word = "MISSED"
	}
	figure(t, "Decide: %s (goal no growth with the tenant: %s)", strings.Join(list, ", "), word)
}
