package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "two-clouds:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It listens on loopback only: what reaches it comes through the Functions host.
func run(ctx context.Context) error {
	s, err := readSettings(os.Getenv)
	if err != nil {
		return err
	}
	clouds, err := connect(ctx, s)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	ln, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", s.port))
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler(clouds, s), ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(os.Stderr, "two-clouds: listening on http://%s\n", ln.Addr())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(ending); err != nil {
		return errors.Join(err, srv.Close())
	}
	return nil
}

// handler has the paths that the Functions host forwards (page and objects, see their function.json), and the page once
// more at the root, for whoever runs the program without a host.
func handler(c *clouds, s settings) http.Handler {
	mux, pages := http.NewServeMux(), newSite(c)
	mux.HandleFunc("GET /api/objects", pages.serveObjects)
	mux.HandleFunc("GET /api/page", pages.servePage)
	mux.HandleFunc("GET /{$}", pages.servePage)
	if s.probes {
		mux.Handle("POST /api/probe", newProbes(s))
	}
	return mux
}
