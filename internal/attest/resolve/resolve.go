package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Why a caller of the metadata door is not a workload.
const (
	// NoProof means that the caller showed nothing that says which workload it is.
	NoProof fault.Reason = "attest.no_proof"
	// UnknownProof means that no workload rule knows the secret that the caller showed.
	UnknownProof fault.Reason = "attest.unknown_proof"
	// RuleExpired means that the launcher which made the rule has stopped renewing it.
	RuleExpired fault.Reason = "attest.rule_expired"
	// WorkloadGone means that the resource which the caller was started as was deleted since.
	WorkloadGone fault.Reason = "attest.workload_deleted"
)

// Facts are what is known of a caller.
type Facts struct {
	LaunchSecret string // the header or path secret that a launcher gave to its child; empty if none came
}

// Workload finds the workload that the facts prove.
func Workload(v *view.View, now time.Time, facts Facts) (view.Workload, error) {
	if facts.LaunchSecret == "" {
		return view.Workload{}, fault.New(fault.Unauthenticated, NoProof, "The request carries no identity header.")
	}
	rule, ok := v.RuleByProof(HashSecret(facts.LaunchSecret))
	if !ok {
		return view.Workload{}, fault.New(fault.Unauthenticated, UnknownProof, "The identity header belongs to no workload.")
	}
	if !now.Before(rule.Expires) {
		return view.Workload{}, fault.New(fault.Unauthenticated, RuleExpired, "The identity header is no longer valid.")
	}
	if !rule.Operator.IsZero() {
		owner, ok := v.PrincipalByObject(rule.Operator)
		if !ok || owner.Operator == nil {
			return view.Workload{}, gone()
		}
		return view.Workload{Operator: owner.Operator}, nil
	}
	if !rule.ARN.IsZero() {
		r, ok := v.AWSResource(rule.ARN)
		if !ok || r.UID != rule.ResourceUID {
			return view.Workload{}, gone()
		}
		return view.Workload{AWS: r}, nil
	}
	r, ok := v.Resource(rule.Resource)
	if !ok || r.UID != rule.ResourceUID { // a new resource of that name is another workload
		return view.Workload{}, gone()
	}
	return view.Workload{Resource: r}, nil
}

func gone() error {
	return fault.New(fault.NotFound, WorkloadGone, "Identity not found: the resource that this process runs as was deleted.")
}

// HashSecret is how a launch secret is stored and found: a plain hash, because the secret is 256 random bits.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
