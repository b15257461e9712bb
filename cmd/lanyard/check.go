package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/internal/directory/kinds"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/server"
)

// checked is one file that is well formed.
type checked struct {
	File string `json:"file"`
	What string `json:"what"`
}

func newCheck(c *cli) *cobra.Command {
	var config string
	var files []string
	cmd := &cobra.Command{
		Use:   "check [--config FILE] [-f FILE]...",
		Short: "Check a configuration and manifests without a server",
		Long: "Reads a configuration and manifests as strictly as serve and apply do, and says file, line and column of what is\n" +
			"wrong. Whether a reference names something that exists is only known when it is applied: see apply --dry-run.",
		Example: "  lanyard check --config lanyard.yaml\n  lanyard check -f scene.yaml",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if config == "" && len(files) == 0 {
				return wrongUse("say what to check: --config FILE, -f FILE")
			}
			good := []checked{}
			if config != "" {
				if _, err := readConfig(config); err != nil {
					return err
				}
				good = append(good, checked{config, "configuration"})
			}
			for _, file := range files {
				n, err := checkManifest(cmd.InOrStdin(), file)
				if err != nil {
					return err
				}
				good = append(good, checked{label(file), counted(n, "document")})
			}
			return c.show(cmd, good, func(w io.Writer) {
				for _, g := range good {
					_, _ = fmt.Fprintf(w, "%s: %s, well formed\n", g.File, g.What) // into a buffer
				}
			})
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "configuration to check")
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "manifest to check; - is standard input")
	completeYAML(cmd, "config")
	completeYAML(cmd, "file")
	return cmd
}

func checkManifest(stdin io.Reader, file string) (int, error) {
	text, err := readManifest(stdin, file)
	if err != nil {
		return 0, err
	}
	documents, err := manifest.Parse(text)
	if err != nil {
		return 0, inFile(file, err)
	}
	if err := kinds.CheckNames(documents); err != nil {
		return 0, inFile(file, err)
	}
	return len(documents), nil
}

// readConfig reads a configuration file; no name is an empty one.
func readConfig(file string) (server.Config, error) {
	if file == "" {
		return server.Config{}, nil
	}
	f, err := os.Open(file) //nolint:gosec // the user names it
	if err != nil {
		return server.Config{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return server.ReadConfig(f, file)
}
