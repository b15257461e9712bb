package screen

import (
	"fmt"
	"io"
	"os"
	"time"
)

// patience is how long work is silent before its progress is shown.
const patience = 500 * time.Millisecond

// Progress says on w, if that is a terminal, what takes long. Done ends it and clears the line.
func Progress(w io.Writer, format string, args ...any) (done func()) {
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
		_, _ = io.WriteString(w, "\r"+Printable(text)+" ...") // only for the eye
		<-stop
		_, _ = io.WriteString(w, "\r\x1b[K") // only for the eye
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// Counter counts the bytes that pass and shows them now and then where somebody looks on.
type Counter struct {
	To    io.Writer
	Eye   io.Writer // what Eye gave
	Total int64
	shown time.Time
}

// Write passes the bytes on.
func (c *Counter) Write(p []byte) (int, error) {
	n, err := c.To.Write(p)
	c.Total += int64(n)
	if now := time.Now(); c.Eye != nil && now.Sub(c.shown) > patience {
		c.shown = now
		_, _ = fmt.Fprintf(c.Eye, "\r%s written ...\x1b[K", Size(c.Total)) // only for the eye
	}
	return n, err
}

// Clear takes the last line off the terminal.
func (c *Counter) Clear() {
	if c.Eye != nil && !c.shown.IsZero() {
		_, _ = io.WriteString(c.Eye, "\r\x1b[K") // only for the eye
	}
}

// Eye is the writer if somebody looks on, or nil.
func Eye(w io.Writer) io.Writer {
	if isTerminal(w) {
		return w
	}
	return nil
}

// Size prints a number of bytes for people.
func Size(n int64) string {
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
