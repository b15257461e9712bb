package registration

import (
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Context is what a change of an application starts from.
type Context struct {
	View        *view.View
	Application view.Application // a copy; its slices are shared
	Now         time.Time
	NextRev     int64 // of the first View that can show the change
}

// Change is a rule that gives the application as it shall be.
type Change func(c Context) (*view.Application, error)

// NewService gives an application a service principal with a new object id.
func NewService() Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		if a.HasService() {
			return nil, fault.New(fault.Conflict, ServiceExists, "The service principal of the application %q exists already.", a.DisplayName)
		}
		a.Principal.ObjectID, a.Principal.RevokedAt, a.Disabled = name.NewGUID(), 0, false
		return &a, nil
	}
}

// NoService takes the service principal away from an application: its tokens end with it.
func NoService() Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		a.Principal.ObjectID, a.Principal.RevokedAt = name.GUID{}, 0
		return &a, nil
	}
}

// Enabled says whether an application's service principal gets tokens. Disabling it ends those that it has.
func Enabled(enabled bool) Change {
	return func(c Context) (*view.Application, error) {
		a := c.Application
		if !enabled && !a.Disabled {
			a.Principal.RevokedAt = c.NextRev
		}
		a.Disabled = !enabled
		return &a, nil
	}
}
