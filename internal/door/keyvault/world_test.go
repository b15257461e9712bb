package keyvault_test

import (
	"bytes"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lanyard-id/lanyard/internal/door/doortest"
	"github.com/lanyard-id/lanyard/internal/door/keyvault"
	"github.com/lanyard-id/lanyard/internal/keyring/ringtest"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/secrets"
	"github.com/lanyard-id/lanyard/internal/store/memory"
	"github.com/lanyard-id/lanyard/internal/view"
)

var update = flag.Bool("update", false, "write the answers into the transcripts")

// ring is the one keyring of these tests: making keys takes time.
var ring ringtest.Shared

const (
	domain     = "vault.localhost:8447"
	northVault = "northvault." + domain
	southVault = "southvault." + domain
	address    = "127.0.0.1:8447"

	secretsUser    = "4633458b-17de-408a-b874-0445c86b69e6"
	secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
	vaultReader    = "21090545-7ca7-4776-b22c-e363652d74d2"
)

// world is the cast with a vault in each tenant. "shared" may do everything with North's secrets, "function" may read the
// one that is called open, "several" sees the names, and "stranger" may do everything with South's.
type world struct {
	*doortest.World
	door   http.Handler
	ledger *ledger
	room   error
	log    *bytes.Buffer
}

// ledger is the world's, which can be out of order.
type ledger struct {
	keyvault.Audit
	sick error
}

// Health tells whether records are taken.
func (l *ledger) Health() error { return l.sick }

// View is the current state.
func (w *world) View() *view.View { return w.Current() }

func vaultID(tenant name.GUID, called string) name.ResourceID {
	return doortest.ResourceID(tenant, view.TypeKeyVault, called)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: doortest.New(t, ring.Ring(t, memory.New(), doortest.Start))}
	w.ledger = &ledger{Audit: w.Ledger}
	house := *w.Current().Installation()
	house.URLs = map[string]string{"entra": doortest.EntraURL, "blob": doortest.BlobURL, "keyvault": "https://" + domain}
	records := []view.Record{&house}
	grant := func(n int, who name.GUID, tenant name.GUID, role string, scope name.Scope) {
		records = append(records, &view.RoleAssignment{
			ID: doortest.GUID(0xa00 + n), Tenant: tenant, Principal: who, Role: name.MustGUID(role), Scope: scope,
		})
	}
	for i, tenant := range []name.GUID{doortest.North(), doortest.South()} {
		called := []string{"NorthVault", "southvault"}[i]
		records = append(records,
			&view.Application{
				ObjectID: doortest.GUID(0xb00 + i), DisplayName: "Key Vault", IDURIs: []string{view.VaultAudience}, TokenVersion: 1,
				Algorithm: "ES256", Principal: view.Principal{ObjectID: doortest.GUID(0xb10 + i), ClientID: doortest.GUID(0xb20 + i), Tenant: tenant},
			},
			&view.Resource{ID: vaultID(tenant, called), UID: doortest.GUID(0xb30 + i), Properties: view.Raw(`{"softDeleteRetentionInDays":7}`)})
	}
	north, south := vaultID(doortest.North(), "NorthVault").Scope(), vaultID(doortest.South(), "southvault").Scope()
	grant(0, doortest.GUID(doortest.OneID), doortest.North(), secretsOfficer, north)
	grant(1, doortest.GUID(doortest.FunctionID), doortest.North(), secretsUser, name.MustScope(north.String()+"/secrets/open"))
	grant(2, doortest.GUID(doortest.StrangerID), doortest.South(), secretsOfficer, south)
	grant(3, doortest.GUID(doortest.StrangerID), doortest.South(), secretsOfficer, north) // reaches nothing: another tenant
	w.Write(records...)

	w.log = new(bytes.Buffer)
	cfg := w.Config()
	cfg.Log = slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	door, err := keyvault.Door{
		Directory: w.Trying(), Authn: w.Authn, Values: secrets.Values{Keys: ring.Ring(t, memory.New(), doortest.Start)}, Audit: w.ledger,
		Room: func() error { return w.room }, Last: func() error { return nil }, Now: w.Now,
	}.Mount(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.door = door
	return w
}

// ask sends a request for North's vault as a workload; an empty one is a stranger.
func (w *world) ask(workload, method, target, body string) *httptest.ResponseRecorder {
	return w.askAt(northVault, workload, method, target, body)
}

func (w *world) askAt(host, workload, method, target, body string) *httptest.ResponseRecorder {
	req := doortest.Request{Method: method, Target: target, Header: http.Header{"Host": {host}}, Body: body}
	if workload != "" {
		req.Header.Set("Authorization", "Bearer "+w.Token(workload, "https://"+domain))
	}
	if !strings.Contains(target, "api-version") {
		req.Target += "?api-version=7.4"
	}
	return w.send(req)
}

// send gives a request to the door.
func (w *world) send(req doortest.Request) *httptest.ResponseRecorder { return w.World.Do(w.door, req) }

func TestTranscripts(t *testing.T) {
	doortest.Transcripts(t, *update, func(t *testing.T) (*doortest.World, http.Handler) {
		w := newWorld(t)
		return w.World, w.door
	})
}
