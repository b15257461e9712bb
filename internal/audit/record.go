package audit

import (
	"net/netip"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/reason"
	"github.com/lanyard-id/lanyard/internal/requestid"
)

// Stream names one of the three streams.
type Stream string

// The streams; the package comment says what each is for.
const (
	LedgerStream   Stream = "ledger"
	RefusalsStream Stream = "refusals"
	AccessStream   Stream = "access"
)

// Outcome is what came of a request.
type Outcome string

// The outcomes.
const (
	Issued   Outcome = "issued"   // a new credential
	Reissued Outcome = "reissued" // a credential that had been issued before, served again
	Allowed  Outcome = "allowed"  // data access that was let through
	Changed  Outcome = "changed"  // a change of the state
	Refused  Outcome = "refused"  // not allowed, or no proof
	Failed   Outcome = "failed"   // allowed, but it could not be done
	Noted    Outcome = "noted"    // the audit speaks about itself: segments dropped, a tail repaired
)

// Principal is who asked. All fields are empty for a stranger.
type Principal struct {
	Kind    string `json:"kind,omitempty"`    // "servicePrincipal", "role", "operator", "node", ...
	ID      string `json:"id,omitempty"`      // object id or unique id: what stays when a name is used again
	Display string `json:"display,omitempty"` // resource id, ARN or name, for people
	Session string `json:"session,omitempty"` // session name or id, where there is one
}

// Record explains one answer. Everything in it may be shown to somebody who may read the audit.
//
// Fields are written in this order, and ID first: Find relies on it.
type Record struct {
	ID        requestid.ID      `json:"id"`                 // the id that the caller got; made up here if zero
	Time      time.Time         `json:"time"`               // when it was answered; now if zero
	Stream    Stream            `json:"stream"`             // set by the log
	Node      requestid.Node    `json:"node"`               // which server wrote it; set by the log
	Tenant    name.GUID         `json:"tenant,omitzero"`    // where it happened, in Azure's words
	Account   name.AccountID    `json:"account,omitzero"`   // where it happened, in AWS's words
	Door      string            `json:"door"`               // which door answered: "sts", "metadata", "s3", ...
	Operation string            `json:"operation"`          // what was asked, as the dialect names it
	Outcome   Outcome           `json:"outcome"`            // what came of it
	Reason    fault.Reason      `json:"reason,omitempty"`   // why it was refused or failed
	Wire      string            `json:"wire,omitempty"`     // the error code that the caller saw
	Principal Principal         `json:"principal,omitzero"` // who asked
	Remote    netip.Addr        `json:"remote,omitzero"`    // from where; zero for a unix socket
	Resource  string            `json:"resource,omitempty"` // on what
	Audience  string            `json:"audience,omitempty"` // for whom a token was made
	TokenID   string            `json:"token_id,omitempty"` // uti, jti or access key id; never a token
	Rev       int64             `json:"rev,omitempty"`      // revision of the View that answered
	Decision  *reason.Decision  `json:"decision,omitempty"` // the rules that decided, and the nearest misses
	Input     map[string]string `json:"input,omitempty"`    // what the caller sent, allow-listed by the door
	Repeats   int64             `json:"repeats,omitempty"`  // refusals like this one that are folded into it, beside itself
	Dropped   int64             `json:"dropped,omitempty"`  // for a note: how many records are gone; else refusals of this caller, before this one, that no record tells of
	Seq       uint64            `json:"seq,omitempty"`      // place in its stream, from 1; set by the log
	Prev      Hash              `json:"prev,omitzero"`      // hash of the line before; set by the log
	Hash      Hash              `json:"hash,omitzero"`      // hash of this line; set by the log
}
