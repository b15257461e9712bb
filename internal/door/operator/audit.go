package operator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/requestid"
	"github.com/lanyard-id/lanyard/internal/web"
)

// The default and the largest number of records of one query.
const (
	defaultLimit = 100
	maxLimit     = 100_000
)

// findRecord gives the record of a request by the id that its caller got.
func findRecord(d Door, c *call) (any, error) {
	id, err := requestid.Parse(web.Param(c.r, "id"))
	if err != nil {
		return nil, badRequest("The request id is not one of this installation: %s.", err)
	}
	return d.Trail.Find(c.ctx(), id)
}

// queryRecords writes the records that a filter chooses, the newest first, one JSON object a line.
func queryRecords(d Door, c *call, w http.ResponseWriter) error {
	filter, err := readFilter(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/jsonl; charset=utf-8")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for rec, err := range d.Trail.Query(c.ctx(), filter) {
		if err != nil {
			return err // before the first line a fault, behind it a cut connection
		}
		if err := enc.Encode(rec); err != nil {
			return fmt.Errorf("write record: %w", err)
		}
	}
	return nil
}

// readFilter reads the query string; what is not known is refused, because a filter that is passed over shows too much.
func readFilter(raw string) (audit.Filter, error) {
	f := audit.Filter{Limit: defaultLimit}
	q, err := web.ParseQuery(raw, web.QueryRules{})
	if err != nil {
		return f, err
	}
	for _, p := range q.Pairs() {
		switch p.Name {
		case "since":
			f.Since, err = time.Parse(time.RFC3339, p.Value)
		case "until":
			f.Until, err = time.Parse(time.RFC3339, p.Value)
		case "principal":
			f.Principal = p.Value
		case "operation":
			f.Operation = p.Value
		case "outcome":
			f.Outcome, err = readOutcome(p.Value)
		case "limit":
			f.Limit, err = strconv.Atoi(p.Value)
			if err == nil && (f.Limit < 1 || f.Limit > maxLimit) {
				err = fmt.Errorf("want 1 to %d", maxLimit)
			}
		default:
			return f, badRequest("There is no parameter %q; there are since, until, principal, operation, outcome and limit.", p.Name)
		}
		if err != nil {
			return f, badRequest("The parameter %s: %s.", p.Name, err)
		}
	}
	return f, nil
}

func readOutcome(s string) (audit.Outcome, error) {
	all := []audit.Outcome{
		audit.Issued, audit.Reissued, audit.Allowed, audit.Changed, audit.Refused, audit.Failed, audit.Noted,
	}
	words := make([]string, len(all))
	for i, o := range all {
		if strings.EqualFold(s, string(o)) {
			return o, nil
		}
		words[i] = string(o)
	}
	return "", fmt.Errorf("want one of %s", strings.Join(words, ", "))
}

// verifyLedger walks the hash chain of the ledger.
func verifyLedger(d Door, c *call) (any, error) {
	if err := c.noBody(); err != nil {
		return nil, err
	}
	verdict, err := d.Trail.Verify(c.ctx())
	if err != nil {
		return nil, err
	}
	out := opwire.VerifyResult{Records: int64(verdict.Lines), Intact: verdict.Break == nil} //nolint:gosec // lines of files
	if b := verdict.Break; b != nil {
		out.Break = fmt.Sprintf("%s at byte %d, behind record %d: %s", b.Segment, b.Offset, b.After, b.Why)
	}
	return out, nil
}
