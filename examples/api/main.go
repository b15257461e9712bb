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
	if err := run(ctx, os.Args[1:], os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env func(string) string) error {
	switch {
	case len(args) == 2 && args[0] == "serve":
		return serve(ctx, args[1], env)
	case len(args) == 3 && args[0] == "call":
		return call(ctx, args[1], args[2], env)
	}
	return errors.New("want: api serve HOST:PORT, or api call METHOD URL")
}

// serve listens until ctx ends.
func serve(ctx context.Context, at string, env func(string) string) error {
	g, err := newGuard(env)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", at)
	if err != nil {
		return err
	}
	go func() { _ = g.Run(ctx) }() // it ends with ctx
	srv := &http.Server{Handler: (&orders{}).routes(g), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	fmt.Printf("listening on http://%s\n", ln.Addr())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
