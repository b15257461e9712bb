package guard_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/lanyard-id/lanyard/verify/guard"
)

// A service that lets identities of its tenant in, each by the role that it has.
func Example() {
	if err := serve(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	// Output: guard: no tenant is named
}

func serve(ctx context.Context, feedToken func(context.Context) (string, error)) error {
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile("ca.pem"); err == nil {
		roots.AppendCertsFromPEM(pem)
	}
	g, err := guard.New(guard.Config{
		Issuers:   guard.Issuers("https://127.0.0.1:8443", os.Getenv("TENANT")),
		Tenant:    os.Getenv("TENANT"),
		Audiences: []string{"api://orders"},
		Roots:     roots,
		Feed:      &guard.Feed{Token: feedToken},
	})
	if err != nil {
		return err
	}
	go func() { log.Print(g.Run(ctx)) }()
	mux := http.NewServeMux()
	mux.Handle("GET /orders", g.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, _ := guard.From(r.Context())
		_, _ = fmt.Fprintln(w, "hello", who.ObjectID)
	}), "Orders.Read"))
	return http.ListenAndServe("127.0.0.1:8080", mux) //nolint:gosec // an example
}
