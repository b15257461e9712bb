package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/lanyard-id/lanyard/cmd/lanyard/launch"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// facts asks the server what it offers and, where as says somebody, for a launch.
func (c *cli) facts(ctx context.Context, as, flavour string) (launch.Facts, error) {
	if err := launch.Suits(flavour, as); err != nil {
		return launch.Facts{}, wrongUse("%s", err)
	}
	status, err := ask[opwire.Status](ctx, c, http.MethodGet, opwire.PathStatus, nil)
	if err != nil {
		return launch.Facts{}, err
	}
	if _, err := os.ReadFile(status.CA); err != nil {
		return launch.Facts{}, fmt.Errorf("the roots that clients must trust cannot be read: %w", err)
	}
	f := launch.Facts{Status: status, Flavour: flavour}
	if as != "" {
		f.Launch, err = ask[opwire.Launch](ctx, c, http.MethodPost, opwire.PathLaunch, opwire.LaunchRequest{As: as})
	}
	return f, err
}

// credentialProcess is the command by which an operator's clients get AWS credentials, or those of an AWS workload where
// that is wanted: a workload's must have no way to the operator's socket. Clients run it again when the credentials end.
func (c *cli) credentialProcess(f launch.Facts) ([]string, error) {
	helped := f.Flavour == launch.Process
	if f.Launch.Session == nil && !helped {
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if helped {
		return launch.Helper(self, f), nil
	}
	data, err := c.dataFolder()
	if err != nil {
		return nil, err
	}
	return []string{self, "session", "--as", f.Launch.As, "--data", data}, nil
}

// clientFolder is where the clients' configuration lies that env names: one folder for each installation and identity,
// under the user's cache.
func clientFolder(storeID, as string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder: %w", err)
	}
	sum := sha256.Sum256([]byte(storeID + "\n" + as))
	return filepath.Join(cache, "lanyard", hex.EncodeToString(sum[:8])), nil
}
