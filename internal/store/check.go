package store

import (
	"context"

	"github.com/lanyard-id/lanyard/internal/fault"
)

// CheckTxn says whether a transaction is one that a store may be asked for. Every driver calls it first, so that all
// refuse the same things in the same words before anything is sent.
func CheckTxn(ctx context.Context, compares []Compare, ops []Op) error {
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Unavailable, NotSent, "the request was given up before it was written").Because(err)
	}
	if len(ops) > MaxOps || len(compares) > MaxOps {
		return fault.New(fault.Invalid, TooLarge, "a transaction takes at most %d operations and as many compares", MaxOps)
	}
	for _, c := range compares {
		if err := checkKey(c.Key); err != nil {
			return err
		}
		if c.Rev < 0 {
			return fault.New(fault.Invalid, Invalid, "a compare needs a revision that is not negative")
		}
	}
	return checkOps(ops)
}

func checkOps(ops []Op) error {
	bytes := 0
	seen := make(map[string]struct{}, len(ops))
	for _, op := range ops {
		if err := checkKey(op.Key); err != nil {
			return err
		}
		if _, twice := seen[op.Key]; twice {
			return fault.New(fault.Invalid, Invalid, "a transaction changes a key only once")
		}
		seen[op.Key] = struct{}{}
		bytes += len(op.Key)
		if !op.Delete {
			bytes += len(op.Value)
		}
	}
	if bytes > MaxTxnBytes {
		return fault.New(fault.Invalid, TooLarge, "a transaction takes at most %d bytes", MaxTxnBytes)
	}
	return nil
}

// CheckList says whether a page may be asked for.
func CheckList(prefix, from string, rev int64, limit int) error {
	if len(prefix) > MaxKeyBytes || len(from) > MaxKeyBytes+1 {
		return fault.New(fault.Invalid, Invalid, "a key has at most %d bytes", MaxKeyBytes)
	}
	if limit < 1 || limit > MaxPage {
		return fault.New(fault.Invalid, Invalid, "a page takes 1 to %d keys", MaxPage)
	}
	if rev < 0 {
		return fault.New(fault.Invalid, Invalid, "a revision is not negative")
	}
	return nil
}

// CheckWatch says whether a watch may be asked for.
func CheckWatch(prefix string, fromRev int64) error {
	if len(prefix) > MaxKeyBytes {
		return fault.New(fault.Invalid, Invalid, "a key has at most %d bytes", MaxKeyBytes)
	}
	if fromRev < 1 {
		return fault.New(fault.Invalid, Invalid, "a watch begins at revision 1 or later")
	}
	return nil
}

func checkKey(key string) error {
	if key == "" || len(key) > MaxKeyBytes {
		return fault.New(fault.Invalid, Invalid, "a key has 1 to %d bytes", MaxKeyBytes)
	}
	return nil
}
