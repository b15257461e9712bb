package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/server"
)

// build is what this binary is.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the source
	Modified bool   `json:"modified,omitempty"` // built from more than that revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersion(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Example: "  lanyard version",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := thisBuild()
			return c.show(cmd, b, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "lanyard %s\n", b.Version) // into a buffer
				source := b.Revision
				if b.Modified {
					source += ", modified"
				}
				screen.Pairs(w, [][2]string{{"source", source}, {"go", b.Go}, {"platform", b.Platform}})
			})
		},
	}
}

func thisBuild() build {
	b := build{Version: server.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
