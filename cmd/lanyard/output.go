package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
)

// format is the value of --output.
type format string

const (
	table  format = "table"
	asJSON format = "json"
)

// String is the value as it is written.
func (f *format) String() string { return string(*f) }

// Type is what the help calls the value.
func (f *format) Type() string { return "FORMAT" }

// Set reads the value.
func (f *format) Set(s string) error {
	if s != string(table) && s != string(asJSON) {
		return fmt.Errorf("%q is neither table nor json", s)
	}
	*f = format(s)
	return nil
}

// show prints a value as JSON, or as write lays it out for people.
func (c *cli) show(cmd *cobra.Command, value any, write func(w io.Writer)) error {
	var b bytes.Buffer
	if c.format == asJSON {
		if err := screen.JSON(&b, value); err != nil {
			return err
		}
	} else {
		write(&b)
	}
	_, err := io.WriteString(cmd.OutOrStdout(), screen.Printable(b.String()))
	return err
}
