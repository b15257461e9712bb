package commit

// Outcome says what a method that puts a thing did.
type Outcome uint8

// The outcomes. Unchanged wrote nothing: the thing was already as it should be.
const (
	Unchanged Outcome = iota
	Created
	Updated
)

// String is the word used in plans.
func (o Outcome) String() string {
	switch o {
	case Created:
		return "create"
	case Updated:
		return "update"
	case Unchanged:
	}
	return "unchanged"
}
