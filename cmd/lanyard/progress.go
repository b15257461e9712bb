package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// patience is how long work is silent before its progress is shown.
const patience = 500 * time.Millisecond

// progress says on standard error, if that is a terminal, what takes long. Done ends it and clears the line.
func progress(cmd *cobra.Command, format string, args ...any) (done func()) {
	w := cmd.ErrOrStderr()
	if !isTerminal(w) {
		return func() {}
	}
	text, stop, stopped := fmt.Sprintf(format, args...), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-stop:
			return
		case <-time.After(patience):
		}
		_, _ = io.WriteString(w, "\r"+printable(text)+" ...") // only for the eye
		<-stop
		_, _ = io.WriteString(w, "\r\x1b[K") // only for the eye
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// counter counts the bytes that pass and shows them now and then where somebody looks on.
type counter struct {
	to    io.Writer
	eye   io.Writer // nil where nobody looks on
	total int64
	shown time.Time
}

// Write passes the bytes on.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.total += int64(n)
	if now := time.Now(); c.eye != nil && now.Sub(c.shown) > patience {
		c.shown = now
		_, _ = fmt.Fprintf(c.eye, "\r%s written ...\x1b[K", size(c.total)) // only for the eye
	}
	return n, err
}

// clear takes the last line off the terminal.
func (c *counter) clear() {
	if c.eye != nil && !c.shown.IsZero() {
		_, _ = io.WriteString(c.eye, "\r\x1b[K") // only for the eye
	}
}

// eye is the writer if somebody looks on.
func eye(w io.Writer) io.Writer {
	if isTerminal(w) {
		return w
	}
	return nil
}

// size prints a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// isTerminal tells whether a writer is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && terminal(f)
}
