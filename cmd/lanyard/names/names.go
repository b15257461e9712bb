package names

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// Bounds of the look at the names of key vaults.
const (
	namesLooked = 50
	lookTime    = 3 * time.Second
)

// Doctor asks the server what is well and what is not, and this machine whether it finds the server's key vaults.
func Doctor(ctx context.Context, connect func() (*operator.Client, error)) ([]opwire.Finding, error) {
	server, err := connect()
	if err != nil {
		return nil, err
	}
	var findings []opwire.Finding
	var status opwire.Status
	var vaults []record.Record
	for path, answer := range map[string]any{
		opwire.PathDoctor: &findings, opwire.PathStatus: &status, opwire.PathRecords + "KeyVault": &vaults,
	} {
		if err := server.Do(ctx, http.MethodGet, path, nil, answer); err != nil {
			return nil, err
		}
	}
	return append(findings, lookUp(ctx, net.DefaultResolver.LookupHost, status.URLs, vaults)), nil
}

// lookUp says whether the names of the key vaults lead to the server, seen from this machine, and if not, what goes
// into the hosts file. It is no failure: clients elsewhere, or such as use the path form, may do without.
func lookUp(ctx context.Context, lookup func(context.Context, string) ([]string, error), urls map[string]string, vaults []record.Record) opwire.Finding {
	f := opwire.Finding{Check: "vault names", State: "ok"}
	at, domain := hostOf(urls["entra"]), hostOf(urls["keyvault"])
	if len(vaults) == 0 {
		f.Detail = fmt.Sprintf("no key vaults; one would be at NAME.%s", domain)
		return f
	}
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	var lost []string
	for _, v := range vaults[:min(len(vaults), namesLooked)] {
		host := hostOf(v.Text("vaultUri"))
		if found, err := lookup(ctx, host); err != nil || !leadsTo(found, at) {
			lost = append(lost, host)
		}
	}
	if len(lost) == 0 {
		f.Detail = fmt.Sprintf("%s below %s found at the server", counted(len(vaults)), domain)
		return f
	}
	f.State = "warn"
	f.Detail = fmt.Sprintf("seen from this machine, %s of %d not at %s: %s", counted(len(lost)), len(vaults), at, strings.Join(lost, ", "))
	f.Fix = fmt.Sprintf("add to the hosts file: %s %s", at, strings.Join(lost, " "))
	return f
}

// leadsTo tells whether one of the addresses is that of the listeners. For a server that is reached by a name, any will do.
func leadsTo(found []string, at string) bool {
	want := net.ParseIP(at)
	return want == nil && len(found) > 0 ||
		slices.ContainsFunc(found, func(a string) bool { return want.Equal(net.ParseIP(a)) })
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func counted(n int) string {
	if n == 1 {
		return "1 key vault"
	}
	return fmt.Sprintf("%d key vaults", n)
}
