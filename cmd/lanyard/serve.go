package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/server"
)

func newServe(c *cli) *cobra.Command {
	var config, listen string
	cmd := &cobra.Command{
		Use:   "serve [--data DIR] [--config FILE] [--listen HOST:PORT]",
		Short: "Serve all doors",
		Long: "Serves all doors until it is told to stop. The first start makes a tenant, a subscription, an AWS account, keys\n" +
			"and a certificate authority, and prints the endpoints; they stay the same from then on.\n\n" +
			"SIGTERM and SIGINT end it when the running requests are answered; a second one ends it at once. The exit code is 70\n" +
			"if the store failed: start it again, or restore.",
		Example: "  lanyard serve\n  lanyard serve --data /srv/lanyard --listen 127.0.0.1:0",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig(config)
			if err != nil {
				return err
			}
			if c.data != "" {
				cfg.Data = c.data
			}
			if listen != "" {
				cfg.Listen = listen
			}
			return c.serve(cmd, cfg)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "configuration file (default: none is needed)")
	cmd.Flags().StringVar(&listen, "listen", "", "HOST:PORT of the first door at the first start; HOST:0 for free ports (default 127.0.0.1:8443)")
	completeYAML(cmd, "config")
	return c.withData(cmd)
}

// serve starts the server, says where it is, and stays until it ends. From the first signal on the next ends the process
// at once.
func (c *cli) serve(cmd *cobra.Command, cfg server.Config) error {
	if err := cfg.Complete(); fault.Is(err, server.BadConfig) { // the file was good: it is a flag
		return wrongUse("%s", fault.From(err).Public)
	} else if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	server.PrepareHeap(cfg.Data)
	s, err := server.New(ctx, cfg, logger(cmd.ErrOrStderr(), cfg.LogLevel))
	if err != nil {
		return err
	}
	if err := c.announce(cmd, s, cfg.Data); err != nil {
		screen.Note(cmd.ErrOrStderr(), "the endpoints could not be printed: %s", err)
	}
	return s.Run(ctx)
}

// started is what serve prints.
type started struct {
	Data    string            `json:"data"`
	First   bool              `json:"first"` // this start made the installation
	URLs    map[string]string `json:"urls"`
	KEK     string            `json:"keyEncryptionKey"`
	KEKMade bool              `json:"keyEncryptionKeyMade"`
}

// announce prints the endpoints at the first start, and one line at later ones.
func (c *cli) announce(cmd *cobra.Command, s *server.Server, data string) error {
	status := s.Status()
	out := started{Data: absolute(data), First: s.First(), URLs: status.URLs}
	out.KEK, out.KEKMade = s.KEKPath()
	return c.show(cmd, out, func(w io.Writer) {
		if !out.First {
			_, _ = fmt.Fprintf(w, "Serving %s. Endpoints: lanyard env%s\n", out.Data, c.dataArgument()) // into a buffer
			return
		}
		var lines [][]string
		for _, door := range launch.Shown(status.URLs) {
			lines = append(lines, []string{door.Name, door.Value})
		}
		screen.Rows(w, []string{"DOOR", "URL"}, lines)
		_, _ = io.WriteString(w, "\n") // into a buffer
		screen.Pairs(w, [][2]string{
			{"data", out.Data},
			{"tenant", status.Tenant},
			{"subscription", status.Subscription},
			{"account", status.Account},
			{"region", status.Region},
		})
		_, _ = fmt.Fprintf(w, "\nSave %s elsewhere: without it neither this folder nor a backup can be opened again.\n", out.KEK) // into a buffer
	})
}

// absolute is a path that means the same from everywhere.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// logger writes events for people: one line each.
func logger(w io.Writer, level string) *slog.Logger {
	lowest := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}[strings.ToLower(level)]
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: lowest}))
}
