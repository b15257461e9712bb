package operator

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// Why a text names nobody.
const (
	// BadName means that a text names neither a resource, nor an ARN, nor an operator.
	BadName fault.Reason = "operator.bad_name"
	// BadARN means that a text begins like an ARN and is none.
	BadARN fault.Reason = "operator.bad_arn"
)

// as is what "--as" names, as it is written: nothing is looked up yet.
type as struct {
	kind  asKind
	id    name.ResourceID // of byID
	arn   name.ARN        // of byARN
	group string          // of byName; empty is any
	name  string          // of byName: the resource's; of operator and root: the tenant's or account's, empty for the default
}

// asKind says which form the text has.
type asKind uint8

const (
	byID     asKind = iota + 1 // /subscriptions/.../providers/...
	byName                     // NAME or GROUP/NAME
	byARN                      // arn:aws:...
	operator                   // operator, operator@NAME
	root                       // root@ACCOUNT
)

// maxAs bounds the text in bytes: the longest of its forms is an ARN.
const maxAs = name.MaxARN

// parseAs reads the grammar of "--as". The words "operator" and "root" are taken: a resource of such a name is named by
// its group or its id.
func parseAs(text string) (as, error) {
	switch {
	case text == "":
		return as{}, badName("Say who: a resource's id or name, an AWS workload's ARN, operator, operator@NAME, or root@ACCOUNT.")
	case len(text) > maxAs || !printable(text):
		return as{}, badName("The name is longer than %d bytes or has characters that no name has.", maxAs)
	case strings.HasPrefix(text, "/"):
		id, err := name.ParseResourceID(text)
		if err != nil {
			return as{}, badName("%q is not a resource id: want /subscriptions/ID/resourceGroups/GROUP/providers/TYPE/NAME.", text)
		}
		return as{kind: byID, id: id}, nil
	case strings.HasPrefix(text, "arn:"):
		arn, err := name.ParseARN(text)
		if err != nil {
			return as{}, fault.New(fault.Invalid, BadARN, "%q is not an ARN: want arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE.", text)
		}
		return as{kind: byARN, arn: arn}, nil
	}
	return parseWord(text)
}

// parseWord reads the forms that are made of names.
func parseWord(text string) (as, error) {
	word, of, at := strings.Cut(text, "@")
	switch {
	case at && of == "":
		return as{}, badName("%q names nothing behind the @.", text)
	case word == "operator":
		return as{kind: operator, name: of}, nil
	case word == "root" && !at:
		return as{}, badName("Say the root of which account: root@NAME or root@ID.")
	case word == "root":
		return as{kind: root, name: of}, nil
	case at:
		return as{}, badName("%q: only operator@NAME and root@ACCOUNT have an @.", text)
	}
	group, last, grouped := strings.Cut(text, "/")
	switch {
	case !grouped:
		return as{kind: byName, name: text}, nil
	case group == "" || last == "" || strings.Contains(last, "/"):
		return as{}, badName("%q is neither NAME nor GROUP/NAME; an id begins with /subscriptions/.", text)
	}
	return as{kind: byName, group: group, name: last}, nil
}

func badName(format string, args ...any) error {
	return fault.New(fault.Invalid, BadName, format, args...)
}

// printable keeps out what cannot be part of any name and would be odd in an answer.
func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
