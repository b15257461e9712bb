package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// FileExists means that a backup would replace a file.
const FileExists fault.Reason = "command.file_exists"

// written tells what a backup wrote.
type written struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
}

func newBackup(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a backup of the running server",
		Long: "Writes the state, the objects and the ledger of the running server to one file, which must not exist; - is\n" +
			"standard output. The key encryption key is not in it: lanyard doctor says where it is, and without it nothing can\n" +
			"be restored.",
		Example: "  lanyard backup lanyard.backup\n  lanyard backup - | ssh vault 'cat > lanyard.backup'",
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			cmd.SetContext(ctx)
			if args[0] == "-" {
				_, err := c.backup(cmd, cmd.OutOrStdout())
				return err
			}
			return c.backupFile(cmd, args[0])
		},
	}
	return c.withData(cmd)
}

// backup copies the backup as the server writes it. An answer that is cut off is an error.
func (c *cli) backup(cmd *cobra.Command, to io.Writer) (int64, error) {
	client, err := c.server()
	if err != nil {
		return 0, err
	}
	body, err := client.Stream(cmd.Context(), opwire.PathBackup)
	if err != nil {
		return 0, err
	}
	defer body.Close() //nolint:errcheck // it was only read
	count := &screen.Counter{To: to, Eye: screen.Eye(cmd.ErrOrStderr())}
	_, err = io.Copy(count, body)
	count.Clear()
	if err != nil {
		return count.Total, fmt.Errorf("the backup was cut off: %w", err)
	}
	return count.Total, nil
}

// backupFile writes the backup beside its place and puts it there when it is whole and on the disk.
func (c *cli) backupFile(cmd *cobra.Command, file string) (err error) {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return firstOf(err, fault.New(fault.Conflict, FileExists, "%s exists already. A backup replaces nothing: name another file.", file))
	}
	partial, err := os.CreateTemp(filepath.Dir(file), ".lanyard-backup-*") // mode 0600
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("cannot write %s: %w", file, e.Err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = firstOf(err, os.Remove(partial.Name()))
		}
	}()
	n, err := c.backup(cmd, partial)
	if err = firstOf(err, partial.Sync(), partial.Close()); err != nil {
		return err
	}
	if err = os.Link(partial.Name(), file); err != nil { // unlike a rename it replaces nothing
		return err
	}
	if err = os.Remove(partial.Name()); err != nil {
		return err
	}
	return c.show(cmd, written{file, n}, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%s holds %s. The key encryption key is not in it.\n", file, screen.Size(n)) // into a buffer
	})
}
