package simulate

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/glob"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Reasons for which nothing is simulated.
const (
	// InvalidInput: a parameter of a simulation cannot be read, contradicts another or is more than one call may have.
	InvalidInput fault.Reason = "simulate.invalid_input"
	// NoSuchEntity: the principal whose policies shall be simulated does not exist.
	NoSuchEntity fault.Reason = "simulate.no_such_entity"
)

// How much one call may have. The documents have the limits of their kinds.
const (
	MaxEvaluations = 1000 // actions times resources
	MaxPolicies    = 30   // documents of one list
	MaxEntries     = 200  // context entries, and values of one
	maxAction      = 128  // characters
	maxResource    = 2048
	maxKey         = 256
	maxValue       = 2048
)

// Request is what a simulation is asked.
type Request struct {
	Policies       []string // PolicyInputList: identity policies
	Boundary       []string // PermissionsBoundaryPolicyInputList: at most one
	Sessions       []string // session policies, which AWS's operations do not take
	Actions        []string // ActionNames: whole names, no wildcards
	Resources      []string // ResourceArns; none is "*"
	ResourcePolicy string   // document; for assuming a role its trust policy
	ResourceOwner  string   // account id or the ARN of an account; empty is the caller's account
	Caller         string   // CallerArn: a user, a role, a session of a role, an account's root, or a provider
	Context        []Entry
}

// Entry is one condition key: ContextKeyName, ContextKeyType and ContextKeyValues.
type Entry struct {
	Key    string
	Type   string // string, numeric, boolean, ip, binary or date, each also with List at its end
	Values []string
}

// actionName is one action without wildcards.
var actionName = regexp.MustCompile(`^[0-9A-Za-z-]+:[0-9A-Za-z_.-]+$`)

// check bounds the request and fills in what it leaves out.
func (r *Request) check() error {
	if len(r.Resources) == 0 {
		r.Resources = []string{"*"}
	}
	switch {
	case len(r.Actions) == 0:
		return invalid("ActionNames is empty")
	case len(r.Actions)*len(r.Resources) > MaxEvaluations:
		return invalid("%d actions on %d resources are too many: one call simulates at most %d", len(r.Actions), len(r.Resources), MaxEvaluations)
	case len(r.Policies) > MaxPolicies || len(r.Sessions) > MaxPolicies:
		return invalid("a list has more than %d policies", MaxPolicies)
	case len(r.Boundary) > 1:
		return invalid("PermissionsBoundaryPolicyInputList has %d policies: a principal has one boundary", len(r.Boundary))
	}
	for _, a := range r.Actions {
		if len(a) > maxAction || !actionName.MatchString(a) {
			return invalid("%q is no action: want the service and the whole name, such as s3:GetObject", shown(a))
		}
	}
	for _, s := range r.Resources {
		if _, err := name.ParseARN(s); s != "*" && err != nil || len(s) > maxResource {
			return invalid("%q is no ARN of a resource", shown(s))
		}
	}
	return nil
}

// facts reads the context entries.
func (r *Request) facts() (*cond.Facts, error) {
	f := &cond.Facts{}
	if len(r.Context) > MaxEntries {
		return nil, invalid("there are %d context entries: at most %d", len(r.Context), MaxEntries)
	}
	seen := map[string]bool{}
	for _, e := range r.Context {
		if seen[glob.Lower(e.Key)] {
			return nil, invalid("the context key %q is given twice", shown(e.Key))
		}
		seen[glob.Lower(e.Key)] = true
		if err := e.check(); err != nil {
			return nil, err
		}
		f.Set(e.Key, e.Values...)
	}
	return f, nil
}

// check holds the values to the entry's type.
func (e Entry) check() error {
	if len(e.Key) > maxKey || !strings.Contains(e.Key, ":") {
		return invalid("%q is no context key: want a prefix and a name, such as aws:SourceIp", shown(e.Key))
	}
	kind, list := strings.CutSuffix(e.Type, "List")
	operator, ok := readAs(kind)
	switch {
	case !ok:
		return invalid("the context key %s has the unknown type %q", e.Key, shown(e.Type))
	case !list && len(e.Values) != 1:
		return invalid("the context key %s is a %s and has %d values, not one", e.Key, kind, len(e.Values))
	case len(e.Values) > MaxEntries:
		return invalid("the context key %s has more than %d values", e.Key, MaxEntries)
	}
	for _, v := range e.Values {
		// A condition reads a value that it wants as it reads one of the request, and says what is wrong with it; but of
		// addresses it wants blocks.
		_, err := cond.Compile(cond.Spec{Key: e.Key, Operator: operator, Values: []string{v}, Syntax: cond.Text})
		if kind == "ip" {
			_, err = netip.ParseAddr(v)
		}
		if len(v) > maxValue || err != nil && kind != "string" {
			return invalid("the context key %s has a value that is no %s: %q", e.Key, kind, shown(v))
		}
	}
	return nil
}

// readAs gives an operator that reads values of a type.
func readAs(kind string) (op cond.Operator, ok bool) {
	switch kind {
	case "string":
		return cond.StringEquals, true
	case "numeric":
		return cond.NumericEquals, true
	case "boolean":
		return cond.Bool, true
	case "ip":
		return cond.IPAddress, true
	case "binary":
		return cond.BinaryEquals, true
	case "date":
		return cond.DateEquals, true
	}
	return 0, false
}

// documents reads a list of policies, each named by the parameter and its place in it.
func documents(parameter string, list []string, kind iampolicy.Kind) ([]iampolicy.Named, error) {
	var out []iampolicy.Named
	for i, text := range list {
		id := fmt.Sprintf("%s.%d", parameter, i+1)
		p, err := iampolicy.Parse([]byte(text), kind)
		if err != nil {
			return nil, invalid("%s: %s", id, fault.From(err).Public).Because(err)
		}
		out = append(out, iampolicy.Named{ID: id, Policy: p})
	}
	return out, nil
}

// owner reads ResourceOwner.
func (r *Request) owner(caller name.AccountID) (name.AccountID, error) {
	if r.ResourceOwner == "" {
		return caller, nil
	}
	if id, err := name.ParseAccountID(r.ResourceOwner); err == nil {
		return id, nil
	}
	arn, err := name.ParseARN(r.ResourceOwner)
	if err != nil || arn.Service() != "iam" || arn.Resource() != "root" || arn.Account().IsZero() {
		return name.AccountID{}, invalid("ResourceOwner %q is no account: want its twelve digits or arn:aws:iam::ACCOUNT:root", shown(r.ResourceOwner))
	}
	return arn.Account(), nil
}

// maxShown bounds how much of a wrong value an error repeats.
const maxShown = 80

func shown(s string) string {
	if len(s) > maxShown {
		return strings.ToValidUTF8(s[:maxShown], "") + "..."
	}
	return s
}

func invalid(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, InvalidInput, format, args...)
}
