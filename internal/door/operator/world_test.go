package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/authn"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/keyring"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/objects"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// scene is what most tests find there.
const scene = `
kind: ResourceGroup
name: demo
---
kind: ResourceGroup
name: other
---
kind: UserAssignedIdentity
name: shared
resourceGroup: demo
---
kind: UserAssignedIdentity
name: second
resourceGroup: demo
---
kind: Resource
type: Microsoft.Web/sites
name: reader
resourceGroup: demo
identity: {type: SystemAssigned}
properties:
  siteConfig:
    appSettings:
      - {name: STORAGE, value: films}
---
kind: Resource
type: Microsoft.Web/sites
name: twin
resourceGroup: demo
identity: {type: UserAssigned, userAssignedIdentities: [shared]}
---
kind: Resource
type: Microsoft.Web/sites
name: twin
resourceGroup: other
identity: {type: UserAssigned, userAssignedIdentities: [demo/shared, demo/second]}
---
kind: Resource
type: Microsoft.Web/sites
name: bare
resourceGroup: demo
---
kind: StorageAccount
name: films
resourceGroup: demo
containers: [reels]
---
kind: RoleAssignment
principal: $(Resource/reader.principalId)
role: Storage Blob Data Reader
scope: $(StorageAccount/films.id)
---
kind: Bucket
name: films-bucket
---
kind: Role
name: loader
trust: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
policies:
  read: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::films-bucket/*"}]}
---
kind: AWSResource
kindOf: lambda:function
name: worker
`

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a door on a real socket, over a real directory, ledger, keyring and folder of objects.
type world struct {
	t       *testing.T
	clock   *clock
	dir     *directory.Directory
	audit   *audit.Log
	objects *objects.Store
	door    Door
	log     *logText
	client  *http.Client
}

// logText is what the door logged.
type logText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// roomy is a disk that is never full.
type roomy struct{}

func (roomy) Check() error { return nil }

// ring is made once: RSA keys take their time. It belongs to no installation in particular.
var ring = sync.OnceValues(func() (*keyring.Ring, error) {
	folder, err := os.MkdirTemp("", "lanyard-kek-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the key was read and is in memory
	return keyring.Open(context.Background(), keyring.Config{
		Store: memory.New(), StoreID: "test", KEKPath: filepath.Join(folder, "kek"), Now: time.Now,
	})
})

// ringKeys shows the ring as the server does.
type ringKeys struct{ ring *keyring.Ring }

func (k ringKeys) List(ctx context.Context) ([]opwire.Key, error) {
	all, err := k.ring.List(ctx)
	var out []opwire.Key
	for _, i := range all {
		if i.Kind == "signing" {
			out = append(out, opwire.Key{ID: i.ID, Algorithm: i.Alg, State: string(i.State), Since: i.Active, Until: i.Ends})
		}
	}
	return out, err
}

func (k ringKeys) Rotate(ctx context.Context, atOnce bool) error { return k.ring.Rotate(ctx, atOnce) }

// newWorld makes a world; change may replace parts of the door before it is mounted.
func newWorld(t *testing.T, change ...func(*Door)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{at: time.Now()}, log: &logText{}}
	w.openAudit()
	w.openDirectory()
	keys, err := ring()
	must(t, err)
	w.objects, err = objects.Open(t.TempDir(), roomy{}, w.clock.now)
	must(t, err)
	t.Cleanup(func() { _ = w.objects.Close() })
	w.door = Door{
		Directory: w.dir, Ledger: w.audit, Trail: w.audit, Keys: ringKeys{keys}, Objects: w.objects, Now: w.clock.now,
		Mint:   &mint.Mint{Keys: keys, Ledger: w.audit, Lives: mint.DefaultLives(), Now: w.clock.now},
		Backup: func(_ context.Context, out io.Writer) error { _, err := io.WriteString(out, "a backup"); return err },
		Room:   func() error { return nil },
		Last:   func() error { return nil },
		Doctor: func(context.Context) []opwire.Finding { return []opwire.Finding{{Check: "store", State: "ok"}} },
		Status: func() opwire.Status {
			return opwire.Status{Revision: w.dir.View().Rev(), Held: w.view().Installation().Held}
		},
		UIDs: []int{os.Getuid()}, Peer: authn.PeerUID,
	}
	for _, c := range change {
		c(&w.door)
	}
	w.listen()
	return w
}

func (w *world) openDirectory() {
	var err error
	w.dir, err = directory.Open(w.t.Context(), directory.Config{Store: memory.New(), Ledger: w.audit, Now: w.clock.now, Logger: slog.New(slog.DiscardHandler)})
	must(w.t, err)
	ctx, stop := context.WithCancel(context.Background()) //nolint:usetesting // the loop ends in a clean-up, after t.Context
	done := make(chan error, 1)
	go func() { done <- w.dir.Run(ctx) }()
	w.t.Cleanup(func() { stop(); must(w.t, <-done) })
	_, err = w.dir.Do(w.t.Context(), func(e *directory.Edit) error {
		_, err := e.Bootstrap(directory.BootstrapSpec{URLs: map[string]string{"entra": "https://127.0.0.1:8443"}, Store: "s"})
		return err
	})
	must(w.t, err)
}

func (w *world) openAudit() {
	var err error
	w.audit, err = audit.Open(w.t.TempDir(), audit.Options{Now: w.clock.now, Node: 7})
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, w.audit.Close()) })
}

func (w *world) listen() {
	folder, err := os.MkdirTemp("", "op-*") //nolint:usetesting // a socket's path must be short
	must(w.t, err)
	w.t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket := filepath.Join(folder, "s")
	var listen net.ListenConfig
	ln, err := listen.Listen(w.t.Context(), "unix", socket)
	must(w.t, err)
	d, err := w.door.Mount(web.Config{
		IDs: func() string { return requestid.New(w.clock.now(), 7).String() }, Now: w.clock.now, Witness: w.audit,
		Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	must(w.t, err)
	server := web.NewServer(web.ServerConfig{Handler: d, Log: slog.New(slog.DiscardHandler), ConnContext: ConnContext})
	go func() { _ = server.Serve(ln) }()
	w.t.Cleanup(func() { _ = server.Close() })
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	w.t.Cleanup(transport.CloseIdleConnections)
	w.client = &http.Client{Transport: transport}
}

func (w *world) view() *view.View { return w.dir.View() }

// send gives status and body of an answer.
func (w *world) send(method, path string, in any) (int, string) {
	w.t.Helper()
	var body io.Reader
	switch in := in.(type) {
	case nil:
	case string:
		body = strings.NewReader(in)
	default:
		b, err := json.Marshal(in)
		must(w.t, err)
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://operator"+path, body)
	must(w.t, err)
	resp, err := w.client.Do(req)
	must(w.t, err)
	defer resp.Body.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(resp.Body)
	must(w.t, err)
	return resp.StatusCode, string(text)
}

// get asks and wants the answer.
func get[Out any](w *world, method, path string, in any) Out {
	w.t.Helper()
	code, text := w.send(method, path, in)
	var out Out
	if code != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", method, path, code, text)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return out
}

// refused asks and wants a refusal with this reason; it gives the body.
func (w *world) refused(method, path string, in any, why fault.Reason) opwire.Error {
	w.t.Helper()
	code, text := w.send(method, path, in)
	var out struct{ Error opwire.Error }
	if err := json.Unmarshal([]byte(text), &out); err != nil || code < 400 || out.Error.Reason != string(why) {
		w.t.Fatalf("%s %s: got %d %s, want a refusal with %s", method, path, code, text, why)
	}
	return out.Error
}

// apply applies a manifest.
func (w *world) apply(text string) opwire.ApplyResult {
	w.t.Helper()
	return get[opwire.ApplyResult](w, "POST", opwire.PathApply, opwire.ApplyRequest{Manifest: text})
}

// ledger gives the newest ledger record of an operation.
func (w *world) ledger(operation string) audit.Record {
	w.t.Helper()
	for r, err := range w.audit.Query(w.t.Context(), audit.Filter{Stream: audit.LedgerStream, Operation: operation}) {
		must(w.t, err)
		return r
	}
	w.t.Fatalf("the ledger has no record of %s", operation)
	return audit.Record{}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
