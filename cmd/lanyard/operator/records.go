package operator

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/opwire"
)

// NoRefusal means that no workload and no stranger was refused of late.
const NoRefusal fault.Reason = "operator.no_refusal"

// maxRecord bounds one line of the audit.
const maxRecord = 1 << 20

// newest is among how many refusals the last one is looked for: those of the operator's own commands are passed over.
const newest = 1000

// Records gives the lines of the audit that a query chooses, the newest first, as they come; each is valid until the next.
// An error is the last that it gives.
func (c *Client) Records(ctx context.Context, query string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		body, err := c.Stream(ctx, opwire.PathAudit+"?"+query)
		if err != nil {
			yield(nil, err)
			return
		}
		defer body.Close() //nolint:errcheck // it was only read
		lines := bufio.NewScanner(body)
		lines.Buffer(make([]byte, 0, 64<<10), maxRecord)
		for lines.Scan() {
			if len(lines.Bytes()) > 0 && !yield(lines.Bytes(), nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, fmt.Errorf("read the audit: %w", err))
		}
	}
}

// LastRefusal finds the newest refusal at a door that clients use. The operator's own commands print the ids of theirs.
func (c *Client) LastRefusal(ctx context.Context) (rec opwire.Record, err error) {
	for line, err := range c.Records(ctx, fmt.Sprintf("outcome=refused&limit=%d", newest)) {
		if err != nil {
			return rec, err
		}
		rec = opwire.Record{}
		if err := json.Unmarshal(line, &rec); err != nil {
			return rec, badAnswer(err)
		}
		if rec.Door != "operator" {
			return rec, nil
		}
	}
	return rec, fault.New(fault.NotFound, NoRefusal, "No workload is among the newest %d refusals.", newest)
}
