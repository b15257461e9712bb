package kinds

import (
	"context"
	"fmt"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/directory/kinds/difference"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/manifest"
	"github.com/lanyard-id/lanyard/internal/view"
)

// The reasons of this package; whatever else is refused has a reason of the directory, of policies or of manifests.
const (
	// NotFound: no thing of this kind and name.
	NotFound fault.Reason = "kinds.not_found"
	// Ambiguous: several things of this kind have the name; say group/name or the id.
	Ambiguous fault.Reason = "kinds.ambiguous"
	// NoSuchField: a reference asks for a field that things of the kind do not have.
	NoSuchField fault.Reason = "kinds.no_such_field"
	// UnknownKind: there is no such kind.
	UnknownKind fault.Reason = "kinds.unknown_kind"
	// InvalidID: a text that should be an id, a name or a scope is none.
	InvalidID fault.Reason = "kinds.invalid_id"
)

// Step is what one document leads to.
type Step struct {
	Action  string   `json:"action"` // create, update, unchanged or delete
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	ID      string   `json:"id,omitempty"`      // resource id, ARN, object id or GUID; empty for a new GUID in a dry run
	Changes []string `json:"changes,omitempty"` // for an update: "field: before -> after"
	// Warnings are about statements of its policies that are legal and probably not meant: "policy#statement: why".
	Warnings []string `json:"warnings,omitempty"`
}

// String is the step in one line.
func (s Step) String() string { return fmt.Sprintf("%-9s %s %s", s.Action, s.Kind, s.Name) }

// Plan says what applying the documents to v would do. Nothing is written.
func Plan(v *view.View, now time.Time, documents []manifest.Document) ([]Step, error) {
	var steps []Step
	_, _, err := directory.Try(v, now, func(e *directory.Edit) error {
		var err error
		steps, err = planAll(e, documents)
		return err
	})
	for i := range steps {
		if steps[i].Action == directory.Created.String() && !named(steps[i].Kind) {
			steps[i].ID = "" // made anew when it is applied
		}
	}
	return steps, err
}

// Apply makes what the documents say. All of it is checked before anything is written; up to directory.MaxOps changes
// are written whole or not at all, more in several transactions.
func Apply(ctx context.Context, d *directory.Directory, documents []manifest.Document) ([]Step, error) {
	var steps []Step
	if _, err := d.Do(ctx, Command(documents, &steps)); err != nil {
		return nil, err
	}
	return steps, nil
}

// Command makes the command of Apply, for callers that need the View that it leads to, and stores in steps what it did.
func Command(documents []manifest.Document, steps *[]Step) directory.Command {
	return func(e *directory.Edit) (err error) {
		*steps, err = planAll(e, documents)
		return err
	}
}

// named tells whether the id of a kind's things follows from the document.
func named(kind string) bool {
	switch kind {
	case "Tenant", "Subscription", "Account", "Application", "RoleDefinition", "RoleAssignment", "DenyAssignment":
		return false
	}
	return true
}

func planAll(e *directory.Edit, documents []manifest.Document) ([]Step, error) {
	steps := make([]Step, 0, len(documents))
	for _, d := range documents {
		s, err := planOne(e, d)
		if err != nil {
			return nil, positioned(d, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func planOne(e *directory.Edit, d manifest.Document) (Step, error) {
	p, err := newPlanner(e, d)
	if err != nil {
		return Step{}, err
	}
	before := e.View()
	id, outcome, err := p.put(d.Spec)
	if err != nil {
		return Step{}, err
	}
	is, err := one(e.View(), d.Kind, id)
	if err != nil {
		return Step{}, err
	}
	s := Step{Action: outcome.String(), Kind: d.Kind, Name: is.label(), ID: id, Warnings: warnings(is.record)}
	if outcome != directory.Updated {
		return s, nil
	}
	was, err := one(before, d.Kind, id)
	if err != nil {
		return Step{}, err
	}
	s.Changes, err = difference.Between(was.item(before), is.item(e.View()))
	return s, err
}

// positioned adds to an error where in the file its document stands, unless it says so itself.
func positioned(d manifest.Document, err error) error {
	f := *fault.From(err)
	if f.Kind == fault.Internal {
		return err
	}
	f.Public = fmt.Sprintf("%s: %s %s: %s", d.At, d.Kind, d.Spec.Label(), f.Public)
	return &f
}

// at adds the place of one text to an error that was found in it.
func at(t manifest.Position, err error) error {
	if err == nil {
		return nil
	}
	f := *fault.From(err)
	if f.Kind == fault.Internal {
		return err
	}
	f.Public = fmt.Sprintf("%s (at %s)", f.Public, t)
	return &f
}

func invalidID(format string, args ...any) error {
	return fault.New(fault.Invalid, InvalidID, format, args...)
}
