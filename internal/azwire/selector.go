package azwire

import (
	"strings"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// SelectorKind says by what an identity is selected.
type SelectorKind uint8

// The kinds of selectors.
const (
	// Unselected: the system-assigned identity, or the only one.
	Unselected SelectorKind = iota
	// ByClientID: the identity's client id.
	ByClientID
	// ByPrincipalID: the object id of the identity's service principal.
	ByPrincipalID
	// ByClientOrPrincipalID: az sends an object id as client_id to this endpoint and does not try again.
	ByClientOrPrincipalID
	// ByResourceID: the ARM id of a user-assigned identity.
	ByResourceID
)

// Selector says which of a resource's identities is asked for. The zero value selects
// none.
type Selector struct {
	Kind     SelectorKind
	ID       name.GUID       // of a client or principal
	Resource name.ResourceID // of an identity
	Param    string          // the parameter that was used
}

// selectorParams are the spellings of the selectors in all flavours, and what each selects.
func selectorParams() [6]Selector {
	return [6]Selector{
		{Kind: ByClientID, Param: "client_id"},
		{Kind: ByClientID, Param: "clientid"},
		{Kind: ByPrincipalID, Param: "object_id"},
		{Kind: ByPrincipalID, Param: "principal_id"},
		{Kind: ByResourceID, Param: "mi_res_id"},
		{Kind: ByResourceID, Param: "msi_res_id"},
	}
}

// selector finds the one selector of a request. Two of them, one in the spelling of another flavour and one in another
// case are refused: to ignore them would hand out an identity that was not asked for (threats M14, M15).
func selector(flavour Flavour, f form) (Selector, error) {
	var found Selector
	for param, value := range f {
		s, ok := selectorNamed(param)
		if !ok {
			continue
		}
		legacy := s.Param == "clientid"
		if s.Param != param || legacy != (flavour == AppServiceLegacy) {
			return Selector{}, badSelector("the parameter %.32q does not select an identity here", param)
		}
		if legacy && value == "" { // Azure ML clients send it empty for the system-assigned identity.
			continue
		}
		if found.Kind != Unselected {
			return Selector{}, badSelector("the identity is selected more than once")
		}
		var err error
		if found, err = s.with(value); err != nil {
			return Selector{}, err
		}
		if flavour == CloudShell && s.Kind == ByClientID {
			found.Kind = ByClientOrPrincipalID
		}
	}
	return found, nil
}

// selectorNamed finds the selector whose name param is, ignoring case.
func selectorNamed(param string) (Selector, bool) {
	for _, s := range selectorParams() {
		if strings.EqualFold(s.Param, param) {
			return s, true
		}
	}
	return Selector{}, false
}

// with reads the value of a selector.
func (s Selector) with(value string) (Selector, error) {
	var err error
	if s.Kind == ByResourceID {
		s.Resource, err = name.ParseResourceID(value)
	} else {
		s.ID, err = name.ParseGUID(value)
	}
	if err != nil {
		return Selector{}, badSelector("the parameter %s is not well formed: %v", s.Param, err)
	}
	return s, nil
}

func badSelector(format string, args ...any) error {
	return fault.New(fault.Invalid, ReasonMetadataSelector, format, args...)
}
