package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// readyTime is how long a process may take until it answers; pollEvery is how often it is asked.
const (
	readyTime = 30 * time.Second
	pollEvery = 20 * time.Millisecond
)

// data is the server's data folder.
func (d *demo) data() string { return filepath.Join(d.dir, "data") }

// startServer starts the server and waits until it answers. A second start finds its data, keys and ports again.
func (d *demo) startServer(ctx context.Context) error {
	p, err := startProcess(filepath.Join(d.dir, "server.log"), d.serverEnv(os.Environ()),
		d.Lanyard, "serve", "--data", d.data(), "--listen", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	d.server = p
	if d.socket, err = server.SocketPath(d.data()); err != nil {
		return err
	}
	d.operator = operator.New(d.data(), d.socket)
	err = wait(ctx, p, func() error { return d.operator.Do(ctx, http.MethodGet, opwire.PathStatus, nil, &d.status) })
	if err != nil {
		return fmt.Errorf("the server does not answer: %w\n%s", err, p.lastWords())
	}
	d.http, err = client(d.status.OwnCA)
	return err
}

// serverEnv keeps the server's keys in the folder of the demonstration, beside its data and not in it.
func (d *demo) serverEnv(environ []string) []string {
	env := slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		return strings.HasPrefix(v, "XDG_CONFIG_HOME=") || strings.HasPrefix(v, "CREDENTIALS_DIRECTORY=")
	})
	return append(env, "XDG_CONFIG_HOME="+filepath.Join(d.dir, "keys"))
}

// client trusts the server's own authority, and goes through no proxy.
func client(authority string) (*http.Client, error) {
	pem, err := os.ReadFile(authority)
	if err != nil {
		return nil, fmt.Errorf("read the server's authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("there is no certificate in %s", authority)
	}
	return &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// wait asks until the answer is good, the process is over or the time is.
func wait(ctx context.Context, p *process, ask func() error) error {
	deadline := time.Now().Add(readyTime)
	for {
		err := ask()
		switch {
		case err == nil:
			return nil
		case p.hasEnded():
			return errors.New("it has ended")
		case time.Now().After(deadline):
			return err
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// pause waits unless ctx ends.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
