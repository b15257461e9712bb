package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/screen"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// auditQuery is what the flags of audit say.
type auditQuery struct {
	since, until, principal, operation, outcome string
	limit                                       int
}

func newAudit(c *cli) *cobra.Command {
	var q auditQuery
	cmd := &cobra.Command{
		Use:   "audit [verify]",
		Short: "Show what was answered, the newest first",
		Long: "Shows the records of what was issued, changed, allowed and refused, the newest first. With -o json each record is\n" +
			"one line. Times are RFC 3339, or a duration before now.",
		Example: "  lanyard audit --outcome refused --since 1h\n  lanyard audit --principal reader --limit 5 -o json\n  lanyard audit verify",
		Args:    arguments(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.audit(cmd, q) },
	}
	f := cmd.Flags()
	f.StringVar(&q.since, "since", "", "not before this time, e.g. 1h or 2026-02-03T04:05:06Z")
	f.StringVar(&q.until, "until", "", "before this time")
	f.StringVar(&q.principal, "principal", "", "id, name or session of who asked")
	f.StringVar(&q.operation, "operation", "", "what was asked, e.g. AssumeRoleWithWebIdentity")
	f.StringVar(&q.outcome, "outcome", "", "issued, reissued, allowed, changed, refused, failed or noted")
	f.IntVar(&q.limit, "limit", 50, "at most so many, up to 100000")
	complete(cmd, "outcome", "issued", "reissued", "allowed", "changed", "refused", "failed", "noted")
	cmd.AddCommand(newAuditVerify(c))
	return c.withData(cmd)
}

// values writes the query as the server reads it.
func (q auditQuery) values(now time.Time) (url.Values, error) {
	v := url.Values{}
	for name, text := range map[string]string{"since": q.since, "until": q.until} {
		if text == "" {
			continue
		}
		at, err := moment(now, text)
		if err != nil {
			return nil, wrongUse("--%s %s: %s", name, text, err)
		}
		v.Set(name, at.UTC().Format(time.RFC3339Nano))
	}
	for name, text := range map[string]string{"principal": q.principal, "operation": q.operation, "outcome": q.outcome} {
		if text != "" {
			v.Set(name, text)
		}
	}
	if q.limit < 1 {
		return nil, wrongUse("--limit %d: want 1 or more", q.limit)
	}
	v.Set("limit", strconv.Itoa(q.limit))
	return v, nil
}

// moment reads a time, or how long before now it was.
func moment(now time.Time, text string) (time.Time, error) {
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, errors.New("want a time such as 2026-02-03T04:05:06Z, or a duration such as 90m")
	}
	return at, nil
}

func (c *cli) audit(cmd *cobra.Command, q auditQuery) error {
	values, err := q.values(time.Now())
	if err != nil {
		return err
	}
	client, err := c.server()
	if err != nil {
		return err
	}
	records := client.Records(cmd.Context(), values.Encode())
	if c.format != asJSON {
		return c.auditTable(cmd, records)
	}
	for line, err := range records {
		if err == nil {
			_, err = io.WriteString(cmd.OutOrStdout(), screen.Printable(string(line))+"\n")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// auditTable lays the records out in blocks of a fixed number, so that all of the audit can pass without being held.
func (c *cli) auditTable(cmd *cobra.Command, records iter.Seq2[[]byte, error]) error {
	const block = 500
	var lines [][]string
	found := false
	flush := func() error {
		if len(lines) == 0 {
			return nil
		}
		err := c.show(cmd, nil, func(w io.Writer) {
			screen.Rows(w, []string{"TIME", "OUTCOME", "DOOR", "OPERATION", "BY", "ON", "REASON", "REQUEST"}, lines)
		})
		lines = nil
		return err
	}
	for line, err := range records {
		if err != nil {
			return firstOf(flush(), err)
		}
		var r opwire.Record
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("read a record: %w", err)
		}
		found = true
		lines = append(lines, []string{
			screen.When(r.Time), string(r.Outcome), r.Door, r.Operation, principal(r),
			cmp.Or(r.Resource, r.Audience), string(r.Reason), r.ID.String(),
		})
		if len(lines) == block {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if !found {
		return c.show(cmd, nil, func(w io.Writer) { _, _ = io.WriteString(w, "There is no such record.\n") })
	}
	return flush()
}

// principal says who asked.
func principal(r opwire.Record) string {
	p := r.Principal
	if p.ID == "" && p.Display == "" {
		return "a stranger"
	}
	parts := []string{p.Kind, cmp.Or(p.Display, p.ID), p.Session}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func newAuditVerify(c *cli) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the ledger's hash chain from its first record to its last",
		Long: "Reads the whole ledger and checks that no record was changed, left out or put in. The exit code is 1 if the\n" +
			"chain is broken.",
		Example: "  lanyard audit verify",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			done := screen.Progress(cmd.ErrOrStderr(), "checking the ledger")
			r, err := ask[opwire.VerifyResult](cmd.Context(), c, http.MethodPost, opwire.PathVerify, nil)
			done()
			if err != nil {
				return err
			}
			err = c.show(cmd, r, func(w io.Writer) {
				verdict := "the hash chain is whole"
				if !r.Intact {
					verdict = "the hash chain is broken: " + r.Break
				}
				_, _ = fmt.Fprintf(w, "%d records, %s\n", r.Records, verdict) // into a buffer
			})
			if err == nil && !r.Intact {
				return silently(exitFailed)
			}
			return err
		},
	}
	return c.withData(cmd)
}
