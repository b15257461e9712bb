package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// restored tells what a restore did.
type restored struct {
	Data     string `json:"data"`
	Revision int64  `json:"revision"`
	StoreID  string `json:"storeId,omitempty"`
	KEK      string `json:"keyEncryptionKey,omitempty"` // where it was when the backup was made
	KEKThere bool   `json:"keyEncryptionKeyThere"`
	Next     string `json:"next"`
}

func newRestore(c *cli) *cobra.Command {
	var confirm bool
	cmd := &cobra.Command{
		Use:   "restore FILE | --confirm",
		Short: "Make a data folder from a backup; confirm that it may issue again",
		Long: "Makes a data folder from a backup: move the old one away first. From an automatic snapshot it makes the state of\n" +
			"the folder anew and sets the old state aside; objects and ledger stay. No server may run on the folder.\n" +
			"Credentials from before hold no more, and the restored server issues none until --confirm: look first whether\n" +
			"somebody who was deleted since the backup is back.",
		Example: "  lanyard restore lanyard.backup --data restored\n  lanyard restore --confirm",
		Args: func(_ *cobra.Command, args []string) error {
			if confirm != (len(args) == 0) || len(args) > 1 {
				return wrongUse("say either FILE or --confirm")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if confirm {
				return c.confirm(cmd)
			}
			return c.restore(cmd, args[0])
		},
	}
	cmd.Flags().BoolVar(&confirm, "confirm", false, "let the running, restored server issue credentials again")
	return c.withData(cmd)
}

func (c *cli) restore(cmd *cobra.Command, file string) error {
	data, err := c.dataFolder()
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", file)
	}
	done := screen.Progress(cmd.ErrOrStderr(), "restoring %s", file)
	r, err := server.Restore(cmd.Context(), file, data, logger(cmd.ErrOrStderr(), "warn"))
	done()
	if err != nil {
		return err
	}
	out := restored{Data: data, Revision: r.Rev, StoreID: r.StoreID, KEK: r.KEKPath, Next: "lanyard serve" + c.dataArgument()}
	if _, err := os.Stat(r.KEKPath); err == nil {
		out.KEKThere = true
	} else if r.KEKPath != "" && !errors.Is(err, fs.ErrNotExist) {
		screen.Note(cmd.ErrOrStderr(), "the key encryption key cannot be looked at: %s", err)
	}
	return c.show(cmd, out, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%s is restored at revision %d.\n", data, r.Rev) // into a buffer
		if r.KEKPath != "" && !out.KEKThere {
			_, _ = fmt.Fprintf(w, "The key encryption key is missing: put it back to %s first.\n", r.KEKPath) // into a buffer
		}
		_, _ = fmt.Fprintf(w, "Start it with: %s\nThen look at it, and let it issue with: lanyard restore --confirm%s\n",
			out.Next, c.dataArgument()) // into a buffer
	})
}

func (c *cli) confirm(cmd *cobra.Command) error {
	s, err := ask[opwire.Status](cmd.Context(), c, http.MethodGet, opwire.PathStatus, nil)
	said := "There is nothing to confirm: this server does not wait for it.\n"
	if err == nil && s.Held {
		s, err = ask[opwire.Status](cmd.Context(), c, http.MethodPost, opwire.PathConfirm, nil)
		said = "Confirmed: credentials are issued again.\n"
	}
	if err != nil {
		return err
	}
	return c.show(cmd, s, func(w io.Writer) {
		_, _ = io.WriteString(w, said) // into a buffer
	})
}
