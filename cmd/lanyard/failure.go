package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/operator"
	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/server"
)

// The exit codes; run gives its child's beside them.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitFatal  = 70 // EX_SOFTWARE: the store failed under a running server
)

// usageError is a wrong use that only the verb itself can see.
type usageError struct{ text string }

// Error is the text.
func (e usageError) Error() string { return e.text }

func wrongUse(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// silently ends with an exit code; what there was to say was said.
type silently int

// Error is for nobody.
func (s silently) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// failed prints what went wrong and gives the exit code.
func (c *cli) failed(cmd *cobra.Command, err error) int {
	if code, ok := errors.AsType[silently](err); ok {
		return int(code)
	}
	usage, wrong := errors.AsType[usageError](err)
	body := c.describe(err)
	code := exitFailed
	switch {
	case wrong || !c.running:
		code = exitUsage
		if wrong {
			body.Message = usage.text
		}
		body.Message = oneLine(body.Message)
		body.Next = helpOf(cmd)
	case errors.Is(err, server.ErrFatal):
		code = exitFatal
	}
	report(cmd.ErrOrStderr(), c.format, body)
	return code
}

// helpOf is the command that says how a verb is used. Who asked for the help of a verb that does not exist gets the list.
func helpOf(cmd *cobra.Command) string {
	if cmd.Name() == "help" {
		cmd = cmd.Root()
	}
	return cmd.CommandPath() + " --help"
}

// oneLine puts cobra's suggestions, which stand on lines of their own, behind its message, and says in words what a flag
// wants, where Go's conversion would speak.
func oneLine(message string) string {
	if flag, _, ok := strings.Cut(message, ": strconv.ParseBool: "); ok {
		return flag + ": want true or false"
	}
	if flag, _, ok := strings.Cut(message, ": strconv."); ok {
		return flag + ": want a number"
	}
	what, verbs, suggested := strings.Cut(message, "\n\nDid you mean this?\n")
	if !suggested {
		return message
	}
	return what + "; did you mean " + strings.Join(strings.Fields(verbs), ", ") + "?"
}

// report writes a failure: what, the reason's word, the request id, what to do next.
func report(w io.Writer, f format, e opwire.Error) {
	var b strings.Builder
	if f == asJSON {
		if err := screen.JSON(&b, map[string]opwire.Error{"error": e}); err != nil {
			fmt.Fprintf(&b, "lanyard: %s\n", e.Message)
		}
	} else {
		fmt.Fprintf(&b, "lanyard: %s\n", strings.TrimSuffix(e.Message, "."))
		screen.Pairs(&b, [][2]string{{"  reason:", e.Reason}, {"  request id:", e.RequestID}, {"  next:", e.Next}})
	}
	_, _ = io.WriteString(w, screen.Printable(b.String())) // nobody is left to tell
}

// describe gives the four parts of an error.
func (c *cli) describe(err error) opwire.Error {
	if r, ok := errors.AsType[*operator.Refusal](err); ok {
		e := r.Said
		if e.Next == "" && e.RequestID != "" && worthExplaining(r.Status) {
			e.Next = "lanyard explain " + e.RequestID
		}
		e.Next = c.here(e.Next)
		return e
	}
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		e := opwire.Error{Reason: string(f.Reason), Message: f.Public, Next: c.advice(f.Reason)}
		if e.Message == "" || f.Err != nil {
			e.Message = strings.TrimSpace(strings.TrimSuffix(e.Message, ".") + cause(f.Err, e.Message))
		}
		return e
	}
	if errors.Is(err, context.Canceled) {
		return opwire.Error{Message: "interrupted"}
	}
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return opwire.Error{Message: fmt.Sprintf("cannot run %s: %s", e.Name, e.Err)}
	}
	return opwire.Error{Message: err.Error()}
}

// worthExplaining tells by a refusal's status whether its record says more than the refusal: somebody may not, or the
// server failed. What is asked in a wrong way, or does not exist, has been said.
func worthExplaining(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status >= http.StatusInternalServerError
}

// cause is the private cause of a fault that was found in this process: whoever runs it may see it. What the public text
// says already is not said twice.
func cause(err error, said string) string {
	if err == nil || strings.Contains(said, err.Error()) {
		return ""
	}
	return ": " + err.Error()
}
